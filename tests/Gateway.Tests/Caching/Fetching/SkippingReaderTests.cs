using Gateway.Caching.Fetching;
using Gateway.Caching.Store;
using Gateway.Media;

namespace Gateway.Tests.Caching.Fetching;

/// <summary>Readers of a body that is not stored, who begin in its middle.</summary>
public sealed class SkippingReaderTests
{
    private const int Place = 3_000_000;

    private static readonly byte[] Body = CacheFixture.Bytes(4 << 20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_OnlyReaderBeginsInTheMiddle_NeedsNoMoreThanAWindow(bool full)
    {
        await using var fixture = new CacheFixture(o => o.MaxObjectBytes = 1 << 20);
        var open = fixture.OpenAsync(CacheFixture.Request());
        var call = (await fixture.Upstream.NextAsync()).Head(200, Body.Length);
        using var reply = await open.WaitAsync(Deadline.Value);
        if (full) Assert.True(fixture.Parts.Budget.TryReserve(fixture.Parts.Budget.Limit - fixture.Parts.Budget.Used));
        var most = 0L;
        call.WhileReading(() => most = Math.Max(most, fixture.Parts.Pool.Lent));
        call.Send(Body).End();
        var bytes = await reply.ReadAsync(Place, default).Within();
        Assert.Equal(Body.AsSpan(Place, bytes.Length), bytes.Span);
        Assert.InRange(most, 1, full ? BodyBlockPool.Large : fixture.Options.StreamWindowBytes + BodyBlockPool.Large);
        Assert.Equal(1, fixture.Upstream.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_AnotherReaderStandsFarBehind_IsNotWaitedFor(bool hasTag)
    {
        await using var fixture = new CacheFixture();
        Assert.True(fixture.Parts.Budget.TryReserve(fixture.Parts.Budget.Limit));
        var opens = new[] { fixture.OpenAsync(CacheFixture.Request()), fixture.OpenAsync(CacheFixture.Request()) };
        var call = await fixture.Upstream.NextAsync();
        (string, string)[] tag = hasTag ? [("ETag", "\"a\"")] : [];
        call.Head(200, Body.Length, tag).Send(Body).End();
        var replies = await Task.WhenAll(opens).WaitAsync(Deadline.Value);
        Assert.All(replies, r => Assert.Equal(PassReason.NoSpace, r.Pass));
        var (behind, ahead) = (replies[0], replies[1]);
        var standing = await behind.ReadAsync(0, default).Within();
        var reading = ahead.ReadAsync(Place, default).Within();
        if (hasTag)
        {
            var own = await fixture.Upstream.NextAsync();
            Assert.Equal((new ByteRange(Place, ByteRange.ToEnd), "\"a\""), (own.Request.Range!.Value, own.Request.IfRange));
            own.Answer(206, Body[Place..], ("ETag", "\"a\""), ("Content-Range", FormattableString.Invariant($"bytes {Place}-{Body.Length - 1}/{Body.Length}")));
        }
        else
        {
            // One version cannot be told from another: then the pace is shared, and who stands still is cut in the end.
            await Deadline.Until(() =>
            {
                fixture.Clock.Advance(fixture.Options.StalledReader);
                return reading.IsCompleted;
            });
        }

        var bytes = await reading;
        Assert.Equal(Body.AsSpan(Place, bytes.Length), bytes.Span);
        // A handler asks for it when the body is out; the reply that it has and the one that took over for it must not ask each other.
        Assert.Equal(Body.Length, ahead.Length);
        Assert.Equal(hasTag ? 2 : 1, fixture.Upstream.Count);

        // The one behind goes on to the end, past the place that the other has left.
        Assert.Equal(Body[..standing.Length], standing.ToArray());
        if (hasTag) Assert.Equal(Body, await behind.ReadAllAsync());
        foreach (var reply in replies) reply.Dispose();
        await Deadline.Until(() => fixture.Parts.Pool.Lent == 0 && fixture.Parts.Budget.Used == fixture.Parts.Budget.Limit);
    }
}
