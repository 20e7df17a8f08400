using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Caching;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Tests.Caching;

/// <summary>
/// Random operations against a simple model. The model knows the content of every version of every object, and which objects must be held: stored whole, still fresh, and
/// nothing was trimmed or purged since. Checked after every step: bytes are those of the one version that the reply names, the budget is never passed, what must be
/// held is a hit. Checked at the end: when everybody has left and everything is purged, every byte is back.
/// </summary>
public sealed class MediaCacheModelTests
{
    private const int Limit = 40 * BodyBlockPool.Large;

    [Fact]
    public void Operations_InAnyOrder_GiveRightBytesAndReleaseThem()
    {
        var steps = Gen.ArrayOf(Gen.Choose(0, 9).SelectMany(_ => Gen.Choose(0, 5), (op, key) => (op, key)).SelectMany(_ => Gen.Choose(0, 99), (s, n) => new Step(s.op, s.key, n)));
        Check.One(
            Dice.Config(60).WithEndSize(60),
            Prop.ForAll(steps.ToArbitrary(), Passes));
    }

    /// <summary>FsCheck shrinks what failed by calling again and again, and waits on its own thread for each answer.</summary>
    private static void Passes(Step[] steps)
    {
        var run = Task.Run(() => RunAsync(steps));
        Assert.True(((IAsyncResult)run).AsyncWaitHandle.WaitOne(Deadline.Value), "a step hung");
        Assert.True(run.IsCompletedSuccessfully, run.Exception?.ToString());
    }

    private static async Task RunAsync(Step[] steps)
    {
        await using var fixture = new CacheFixture(o => o.MaxObjectBytes = 6 * BodyBlockPool.Large, limit: Limit);
        var run = new Run(fixture);
        foreach (var step in steps)
        {
            await run.TakeAsync(step);
            Assert.True(fixture.Parts.Budget.Used <= Limit);
            Assert.True(fixture.Parts.Budget.Used >= 0);
        }

        await run.EndAsync();
        Assert.Equal(0, fixture.Parts.Budget.Used);
        Assert.Equal(0, fixture.Parts.Pool.Lent);
    }

    private sealed record Step(int Op, int Key, int Number);

    private sealed class Reading(CacheReply reply, int key, int version)
    {
        public CacheReply Reply { get; } = reply;

        public int Key { get; } = key;

        public int Version { get; } = version;

        public long Position { get; set; }
    }

    private sealed class Run(CacheFixture fixture)
    {
        private readonly int[] _versions = new int[6];
        private readonly Dictionary<int, DateTimeOffset> _held = [];
        private readonly List<Reading> _readings = [];

        public async Task TakeAsync(Step step)
        {
            var (op, key, number) = step;
            switch (op)
            {
                case 0 or 1 or 2:
                    await OpenAsync(key, number);
                    break;
                case 3 or 4:
                    await ReadAsync(number);
                    break;
                case 5:
                    LetGo(number);
                    break;
                case 6:
                    fixture.Clock.Advance(TimeSpan.FromSeconds(number));
                    break;
                case 7:
                    fixture.Trimmer.Trim(sweep: number % 2 == 0);
                    _held.Clear();
                    break;
                case 8:
                    _versions[key]++;
                    if (number % 3 != 0) break;
                    fixture.Cache.Purge("origin", Path(key));
                    _held.Remove(key);
                    break;
                case 9:
                    await FetchAheadAsync(key, number);
                    break;
            }
        }

        public async Task EndAsync()
        {
            while (_readings.Count > 0)
            {
                await ReadAsync(0);
                LetGo(0);
            }

            await Deadline.Until(() => fixture.Cache.Statistics().Fetches == 0);
            fixture.Cache.Purge(null, "/");
            await Deadline.Until(() => fixture.Parts.Pool.Lent == 0);
        }

        private async Task OpenAsync(int key, int number)
        {
            fixture.Upstream.Answers = call => Answer(call, number);
            var open = fixture.OpenAsync(CacheFixture.Request(Path(key)));
            if (_held.TryGetValue(key, out var until) && until > fixture.Clock.GetUtcNow())
            {
                Assert.True(open.IsCompletedSuccessfully, "what must be held is answered at once");
                Assert.Equal(CacheResult.Hit, (await open).Result);
            }

            var reply = await open.WaitAsync(Deadline.Value);
            if (reply.Head.Status != 200)
            {
                reply.Dispose();
                return;
            }

            var version = int.Parse(reply.Head["X-Version"]!, CultureInfo.InvariantCulture);
            Assert.Equal(Path(key), reply.Head["X-Path"]);
            _readings.Add(new Reading(reply, key, version));
            if (reply.IsComplete) Note(key);
        }

        private async Task FetchAheadAsync(int key, int number)
        {
            fixture.Upstream.Answers = call => Answer(call, number);
            _ = fixture.Cache.FetchAhead(CacheFixture.Request(Path(key)));
            await Deadline.Until(() => !fixture.Cache.Index.Any(s => s.IsBusy));
        }

        /// <summary>From here on the object must be found until its lifetime ends, or something takes it away.</summary>
        private void Note(int key)
        {
            var entries = fixture.Cache.Index.Where(s => s.Key.Address.Path == Path(key)).SelectMany(s => s.Entries).ToArray();
            if (entries is [{ Body.IsComplete: true } entry] && entry.Head["Cache-Control"] == "max-age=60")
                _held[key] = fixture.Clock.GetUtcNow() + entry.FreshForAt(fixture.Parts.Now);
        }

        private void Answer(UpstreamCall call, int number)
        {
            var key = call.Request.Address.Path[^1] - '0';
            var version = _versions[key];
            var content = Content(key, version);
            var tag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
            (string, string)[] fields =
            [
                ("X-Version", version.ToString(CultureInfo.InvariantCulture)), ("X-Path", Path(key)), ("ETag", tag), ("Cache-Control", "max-age=60"),
            ];
            switch (number % 8)
            {
                case 0:
                    call.Fail(OriginFailure.Unreachable);
                    break;
                case 1:
                    call.Head(200, content.Length, fields).Send(content.AsSpan(0, content.Length / 2)).Break();
                    break;
                case 2:
                    call.Head(200, null, fields).Send(content).End();
                    break;
                case 3:
                    call.Answer(200, content, [.. fields[..3], ("Cache-Control", "no-store")]);
                    break;
                case 4:
                    call.Answer(500, []);
                    break;
                case 5 when call.Request.IfNoneMatch == tag:
                    call.Head(304, null, ("Cache-Control", "max-age=60")).End();
                    break;
                default:
                    call.Answer(200, content, fields);
                    break;
            }
        }

        private async Task ReadAsync(int number)
        {
            if (_readings.Count == 0) return;
            var reading = _readings[number % _readings.Count];
            var content = Content(reading.Key, reading.Version);
            for (var i = 0; i < 1 + number % 7; i++)
            {
                try
                {
                    var bytes = await reading.Reply.ReadAsync(reading.Position, default).Within();
                    Assert.True(reading.Position + bytes.Length <= content.Length);
                    Assert.True(content.AsSpan((int)reading.Position, bytes.Length).SequenceEqual(bytes.Span));
                    if (bytes.IsEmpty)
                    {
                        Assert.Equal(content.Length, reading.Position);
                        return;
                    }

                    reading.Position += bytes.Length;
                }
                catch (BrokenBodyException)
                {
                    return;
                }
            }
        }

        private void LetGo(int number)
        {
            if (_readings.Count == 0) return;
            var at = number % _readings.Count;
            _readings[at].Reply.Dispose();
            _readings.RemoveAt(at);
        }

        private static string Path(int key) => string.Create(CultureInfo.InvariantCulture, $"/title{key / 2}/object{key}");

        /// <summary>Lengths from nothing to beyond what is kept, on the edges of blocks and off them.</summary>
        private static byte[] Content(int key, int version)
        {
            int[] lengths = [0, 1, 3000, BodyBlockPool.Small, BodyBlockPool.Medium + 1, BodyBlockPool.Large, BodyBlockPool.Large + 1, 200_000, 5 * BodyBlockPool.Large, 8 * BodyBlockPool.Large];
            return CacheFixture.Bytes(lengths[(key * 3 + version) % lengths.Length], (key * 7) + version);
        }
    }
}
