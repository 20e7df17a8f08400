using System.Globalization;
using Gateway.Caching;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Tests.Caching;

/// <summary>Real threads: readers that come, read, leave early or late; an upstream that answers, drips and breaks; trimming and purging all the while.</summary>
public sealed class MediaCacheStressTests
{
    private const int Objects = 40;

    /// <summary>Bodies read whole, by all readers together: so much work on any machine, however long it takes.</summary>
    private const int Wholes = 3000;

    private int _wholes;

    [Fact]
    public async Task Cache_ManyThreads_GivesRightBytesAndReleasesThem()
    {
        await using var fixture = new CacheFixture(
            o => (o.MinRetention, o.LingerTime, o.MaxLingering) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(5), 4), limit: 4 << 20, clock: TimeProvider.System);
        fixture.Upstream.Answers = call => _ = AnswerAsync(call);
        await fixture.Trimmer.StartAsync(default);
        using var over = new CancellationTokenSource();
        var disturber = Task.Run(() => DisturbAsync(fixture, over.Token));
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => ReadAsync(fixture, (ulong)i)))).WaitAsync(Deadline.Value);
        }
        finally
        {
            await over.CancelAsync();
        }

        await disturber.WaitAsync(Deadline.Value);
        await fixture.Trimmer.StopAsync(default);
        await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
        fixture.Cache.Purge(null, "/");
        await Deadline.Until(() => fixture.Parts.Pool.Lent == 0);
        Assert.Equal(0, fixture.Parts.Budget.Used);
        Assert.Equal(0, fixture.Cache.UnusedBytes);
    }

    private async Task ReadAsync(CacheFixture fixture, ulong seed)
    {
        var random = new Lcg(seed);
        while (Volatile.Read(ref _wholes) < Wholes)
        {
            var key = random.Next(Objects);
            using var leaving = new CancellationTokenSource();
            if (random.Next(5) == 0) leaving.CancelAfter(random.Next(3));
            try
            {
                if (random.Next(10) == 0) _ = fixture.Cache.FetchAhead(Request(random.Next(Objects)));
                using var reply = await fixture.Cache.OpenAsync(Request(key), leaving.Token);
                if (reply.Head.Status != 200) continue;
                var content = Content(key, int.Parse(reply.Head["X-Version"]!, CultureInfo.InvariantCulture));
                var stopAt = random.Next(4) == 0 ? random.Next(content.Length + 1) : int.MaxValue;
                long position = 0;
                while (position < stopAt)
                {
                    var bytes = await reply.ReadAsync(position, leaving.Token);
                    if (bytes.IsEmpty)
                    {
                        Assert.Equal(content.Length, position);
                        Interlocked.Increment(ref _wholes);
                        break;
                    }

                    Assert.True(content.AsSpan((int)position, bytes.Length).SequenceEqual(bytes.Span));
                    position += bytes.Length;
                }
            }
            catch (Exception e) when (e is BrokenBodyException or OperationCanceledException)
            {
                // Left, or upstream broke: both are part of it.
            }

            Assert.InRange(fixture.Parts.Budget.Used, 0, fixture.Parts.Budget.Limit);
        }
    }

    private static async Task DisturbAsync(CacheFixture fixture, CancellationToken over)
    {
        var random = new Lcg(99);
        while (!over.IsCancellationRequested)
        {
            if (random.Next(3) == 0) fixture.Cache.Purge("origin", $"/o{random.Next(Objects)}");
            await fixture.Cache.InvalidateAsync(Request(random.Next(Objects)).Address);
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task AnswerAsync(UpstreamCall call)
    {
        var key = int.Parse(call.Request.Address.Path.AsSpan(2), CultureInfo.InvariantCulture);
        var random = new Lcg((ulong)Environment.CurrentManagedThreadId * 31 + (ulong)key);
        var version = random.Next(3);
        var content = Content(key, version);
        var fields = new[] { ("X-Version", version.ToString(CultureInfo.InvariantCulture)), ("Cache-Control", random.Next(6) == 0 ? "no-store" : "max-age=1") };
        await Task.Yield();
        if (random.Next(20) == 0)
        {
            call.Fail(OriginFailure.Unreachable);
            return;
        }

        call.Head(200, random.Next(2) == 0 ? content.Length : null, fields);
        for (var at = 0; at < content.Length;)
        {
            var next = Math.Min(content.Length, at + 1 + random.Next(60_000));
            call.Send(content.AsSpan(at, next - at));
            at = next;
            if (random.Next(4) == 0) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
            if (random.Next(60) == 0)
            {
                call.Break();
                return;
            }
        }

        call.End();
    }

    private static CacheRequest Request(int key) => CacheFixture.Request(string.Create(CultureInfo.InvariantCulture, $"/o{key}"));

    private static byte[] Content(int key, int version) => CacheFixture.Bytes((key * 9_973) % 300_000, key + (version * 100));
}
