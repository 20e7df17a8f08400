using System.Collections.Concurrent;
using Gateway.Caching;
using Gateway.Caching.Eviction;
using Gateway.Caching.Policy;
using Gateway.Caching.Slices;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Fetching;

/// <summary>
/// The kind of the first request and upstream's response, against the number of upstream requests: for the first together with five that come while its response is awaited, and for five more
/// that come when all of that is over, counted before any of them is answered.
/// </summary>
public sealed class CoalescingTableTests : CoalescingReaders
{
    [Theory]
    //          first          answer                 pressure  asked  followers  asked later
    [InlineData("demand", "kept", false, 1, "Joined", 0)]
    [InlineData("demand", "no-store", false, 1, "Joined", 1)]
    [InlineData("demand", "no-cache", false, 1, "Joined", 1)]
    [InlineData("demand", "404 no-cache", false, 1, "Joined", 1)]
    [InlineData("demand", "503", false, 1, "Joined", 1)]
    [InlineData("demand", "no answer", false, 1, "Failed", 1)]
    [InlineData("demand", "too large", false, 1 + Crowd, "Passed", 1)]
    [InlineData("demand", "larger", true, 1, "Joined", 1)]
    [InlineData("demand", "kept", true, 1, "Joined", 0)]
    [InlineData("demand", "a slice", true, 1, "Joined", 0)]
    // A response that is personal by its own fields is for its requester, and no request waits for it in vain a second time.
    [InlineData("demand", "private", false, 1 + Crowd, "Passed", Crowd)]
    [InlineData("demand", "no-store with a cookie", false, 1 + Crowd, "Passed", Crowd)]
    [InlineData("demand", "vary any", false, 1 + Crowd, "Passed", Crowd)]
    // A route where clients' credentials go up: not stored is not shared.
    [InlineData("visitor", "no-store", false, 1 + Crowd, "Passed", Crowd)]
    [InlineData("visitor", "404 no-cache", false, 1 + Crowd, "Passed", 1)]
    [InlineData("visitor", "503", false, 1, "Joined", 1)]
    [InlineData("visitor", "503 no-store", false, 1 + Crowd, "Passed", 1)]
    [InlineData("visitor", "503 with a cookie", false, 1 + Crowd, "Passed", Crowd)]
    // The directives of the first request do not affect the others.
    [InlineData("head", "kept", false, 2, "Joined", 0)]
    [InlineData("head", "no-store", false, 2, "Joined", 1)]
    [InlineData("no-store client", "kept", false, 2, "Joined", 0)]
    [InlineData("authorized client", "kept", false, 2, "Joined", 0)]
    // A prefetch is demand as soon as a client waits for it.
    [InlineData("prefetch", "kept", false, 1, "Joined", 0)]
    [InlineData("prefetch", "kept", true, 1, "Joined", 0)]
    [InlineData("prefetch", "a slice", true, 1, "Joined", 0)]
    [InlineData("prefetch", "larger", true, 1, "Joined", 1)]
    [InlineData("prefetch", "no answer", false, 1, "Failed", 1)]
    public async Task Crowd_BehindTheFirst_SendsTheExpectedUpstreamRequests(string first, string answer, bool isCritical, int asked, string followers, int askedLater)
    {
        await using var fixture = new CacheFixture(o => o.MaxObjectBytes = 6 << 20, limit: 64 << 20);
        var rules = first == "visitor" ? new StorageRules { CookiesArePersonal = true, NegativeLifetime = TimeSpan.Zero } : new StorageRules { KeptByDefault = true, ShareUnkept = true };
        var upstream = new Gate(fixture, answer);
        var opens = new List<Task<CacheReply>>();
        if (first == "prefetch") Assert.NotNull(fixture.Cache.FetchAhead(CacheFixture.Request(rules: rules)));
        else opens.Add(fixture.OpenAsync(First(first, rules)));
        var others = Enumerable.Range(0, Crowd).Select(_ => fixture.OpenAsync(CacheFixture.Request(rules: rules))).ToArray();
        if (isCritical) fixture.Parts.Budget.Pressure = CachePressure.Critical;
        upstream.Open();
        // All at once: readers of a body that is not stored go at one pace.
        var results = (await ReadAsync([.. others, .. opens]))[..Crowd];
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        Assert.Equal(asked, fixture.Upstream.Count);
        // Where the first response is not for them, one of them starts the next fetch.
        Assert.All(results.OrderByDescending(r => r.ToString() == followers).Take(Crowd - 1), r => Assert.Equal(followers, r.ToString()));

        upstream.Close();
        var later = Enumerable.Range(0, Crowd).Select(_ => fixture.OpenAsync(CacheFixture.Request(rules: rules))).ToArray();
        Assert.Equal(asked + askedLater, fixture.Upstream.Count);
        upstream.Open();
        await ReadAsync(later);
    }

    [Theory]
    //          state               who leaves  lingers  most is in  goes on
    [InlineData("Asking", "nobody", false, false, true)]
    [InlineData("Asking", "most", false, false, true)]
    [InlineData("Asking", "everybody", true, false, true)]
    [InlineData("Asking", "everybody", false, false, false)]
    [InlineData("Keeping", "nobody", false, false, true)]
    [InlineData("Keeping", "most", false, false, true)]
    [InlineData("Keeping", "everybody", true, false, true)]
    [InlineData("Keeping", "everybody", false, false, false)]
    [InlineData("Keeping", "everybody", false, true, true)]
    [InlineData("KeepingWhileRead", "most", false, false, true)]
    [InlineData("KeepingWhileRead", "everybody", true, false, false)]
    [InlineData("KeepingWhileRead", "everybody", true, true, false)]
    [InlineData("Sharing", "most", false, false, true)]
    [InlineData("Sharing", "everybody", true, true, false)]
    [InlineData("Passing", "nobody", false, false, true)]
    [InlineData("Passing", "everybody", true, true, false)]
    public async Task Readers_Leave_InEachState(string state, string who, bool lingers, bool mostIsIn, bool goesOn)
    {
        await using var fixture = new CacheFixture(o => o.LingerTime = lingers ? o.LingerTime : TimeSpan.Zero, limit: 64 << 20);
        var length = state == "KeepingWhileRead" ? (int)SlicedFiles.SliceBytes + 1000 : Body.Length;
        var body = CacheFixture.Bytes(length);
        var request = state == "KeepingWhileRead"
            ? new CacheRequest { Address = CacheFixture.Request().Address, Rules = CacheFixture.Segments, Range = new ByteRange(0, 1) }
            : CacheFixture.Request(rules: new StorageRules { KeptByDefault = true, ShareUnkept = true });
        using var leaving = new CancellationTokenSource();
        var readers = state == "Passing" ? 1 : Crowd;
        var opens = Enumerable.Range(0, readers).Select(i => fixture.OpenAsync(request, i > 0 || who == "everybody" ? leaving.Token : default)).ToArray();
        var call = await fixture.Upstream.NextAsync();
        var sent = mostIsIn ? (length * 3) / 4 : 1000;
        var replies = new List<CacheReply>();
        if (state != "Asking")
        {
            call.Head(200, length, state switch { "Sharing" => [("Cache-Control", "no-store")], "Passing" => [("Cache-Control", "private")], _ => [] }).Send(body.AsSpan(0, sent));
            foreach (var open in opens) replies.Add(await open.WaitAsync(Deadline.Value));
            foreach (var reply in replies) await reply.ReadUpToAsync(sent);
        }

        if (who != "nobody") await leaving.CancelAsync();
        foreach (var reply in who == "nobody" ? [] : replies.Skip(who == "most" ? 1 : 0)) reply.Dispose();
        if (state == "Asking")
        {
            foreach (var open in opens)
            {
                if (who == "everybody" || (who == "most" && open != opens[0])) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(Deadline.Value));
            }
        }

        if (!goesOn)
        {
            await Deadline.Until(() => call.Cancellation.IsCancellationRequested && fixture.Cache.Statistics().Fetches == 0);
            await Deadline.Until(() => (fixture.Parts.Budget.Used, fixture.Parts.Pool.Lent) == (0, 0));
            Assert.False(fixture.Cache.Holds(CacheFixture.Request().Address));
            return;
        }

        Assert.False(call.Cancellation.IsCancellationRequested);
        if (state == "Asking") call.Head(200, length).Send(body.AsSpan(0, sent));
        call.Send(body.AsSpan(sent)).End();
        if (who != "everybody")
        {
            using var last = await opens[0].WaitAsync(Deadline.Value);
            Assert.Equal(body, state == "Passing" ? [.. body[..sent], .. await RestAsync(last, sent)] : await last.ReadAllAsync());
        }

        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        Assert.Equal(state is "Asking" or "Keeping" or "KeepingWhileRead", fixture.Cache.Holds(CacheFixture.Request().Address));
        Assert.Equal(1, fixture.Upstream.Count);
    }

    private static CacheRequest First(string who, StorageRules rules) => who switch
    {
        "head" => new CacheRequest { Address = CacheFixture.Request().Address, Rules = rules, HeadOnly = true },
        "no-store client" => CacheFixture.Request(rules: rules, fields: ("Cache-Control", "no-store")),
        "authorized client" => CacheFixture.Request(rules: rules, fields: ("Authorization", "Basic eA==")),
        _ => CacheFixture.Request(rules: rules),
    };

    private static async Task<byte[]> RestAsync(CacheReply reply, int position)
    {
        var rest = new List<byte>();
        while (true)
        {
            var bytes = await reply.ReadAsync(position + rest.Count, default).Within();
            if (bytes.IsEmpty) return [.. rest];
            rest.AddRange(bytes.Span);
        }
    }

    /// <summary>An upstream that lets requests gather before it answers all of them alike.</summary>
    private sealed class Gate
    {
        private readonly ConcurrentQueue<UpstreamCall> _gathered = new();
        private readonly string _answer;
        private volatile bool _isOpen;

        public Gate(CacheFixture fixture, string answer)
        {
            _answer = answer;
            fixture.Upstream.Answers = call =>
            {
                if (_isOpen) Answer(call);
                else _gathered.Enqueue(call);
            };
        }

        public void Open()
        {
            _isOpen = true;
            while (_gathered.TryDequeue(out var call)) Answer(call);
        }

        public void Close() => _isOpen = false;

        private void Answer(UpstreamCall call)
        {
            if (call.Request.HeadOnly)
            {
                call.Head(200, Body.Length).End();
                return;
            }

            switch (_answer)
            {
                case "kept":
                    call.Answer(200, Body, ("Cache-Control", "public, max-age=60"));
                    break;
                case "a slice":
                    call.Answer(200, new byte[4 << 20], ("Cache-Control", "max-age=60"));
                    break;
                case "larger":
                    call.Answer(200, new byte[(4 << 20) + 1], ("Cache-Control", "max-age=60"));
                    break;
                case "too large":
                    call.Answer(200, new byte[7 << 20], ("Cache-Control", "max-age=60"));
                    break;
                case "no-store with a cookie":
                    call.Answer(200, Body, ("Cache-Control", "no-store"), ("Set-Cookie", "a=b"));
                    break;
                case "vary any":
                    call.Answer(200, Body, ("Cache-Control", "max-age=60"), ("Vary", "*"));
                    break;
                case "404 no-cache":
                    call.Answer(404, [], ("Cache-Control", "no-cache"));
                    break;
                case "503":
                    call.Answer(503, []);
                    break;
                case "503 no-store":
                    call.Answer(503, [], ("Cache-Control", "no-store"));
                    break;
                case "503 with a cookie":
                    call.Answer(503, [], ("Set-Cookie", "a=b"));
                    break;
                case "no answer":
                    call.Fail(OriginFailure.Unreachable);
                    break;
                default:
                    call.Answer(200, Body, ("Cache-Control", _answer));
                    break;
            }
        }
    }
}
