using Gateway.Caching.Eviction;
using Gateway.Caching.Store;

namespace Gateway.Tests.Caching.Store;

public sealed class BodyReadersTests
{
    private readonly BodyReaders _readers = new();
    private readonly MediaBody _body = new(new BodyBlockPool(1 << 20), new MemoryBudget(1 << 20, 0.8, 0.95), TimeProvider.System, 1 << 16);

    [Fact]
    public void Slowest_SomeCut_IsTheLowestOfTheOthers()
    {
        Assert.Equal(7, _readers.Slowest(otherwise: 7));
        Assert.Equal(long.MaxValue, _readers.LowestCut());
        var (slow, fast) = (Reader(10), Reader(20));
        Assert.Equal(10, _readers.Slowest(7));
        slow.IsCut = true;
        Assert.Equal((20, 10), (_readers.Slowest(7), _readers.LowestCut()));
        fast.IsCut = true;
        Assert.Equal((7, 10), (_readers.Slowest(7), _readers.LowestCut()));
    }

    [Fact]
    public void Charge_TimeUsedUp_CutsAndCountsTheReaders()
    {
        var most = TimeSpan.FromSeconds(3);
        var (first, second, ahead) = (Reader(10), Reader(10), Reader(20));
        second.HeldUp = TimeSpan.FromSeconds(1);
        Assert.Equal(0, _readers.ChargeAt(10, TimeSpan.FromSeconds(1), most));
        Assert.Equal(TimeSpan.FromSeconds(2), _readers.HeldUpAt(10));
        Assert.Equal(1, _readers.ChargeAt(10, TimeSpan.FromSeconds(1), most));
        Assert.Equal((false, true, false), (first.IsCut, second.IsCut, ahead.IsCut));
        Assert.Equal(TimeSpan.FromSeconds(2), _readers.HeldUpAt(10));
        Assert.Equal(1, _readers.ChargeAt(10, TimeSpan.FromSeconds(1), most));
        Assert.Equal(0, _readers.ChargeAt(10, TimeSpan.FromSeconds(1), most));
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (ahead.HeldUp, _readers.HeldUpAt(20)));
    }

    /// <summary>A client that has everything may ask again at once, and what it asks for is complete.</summary>
    [Fact]
    public async Task Body_CompletedWithItsLastBytes_TellsBothAtOnce()
    {
        Assert.True(_body.TryLayKept(10, 10));
        using var reader = _body.TryJoin()!;
        _body.Space(out _).Span[..4].Fill(1);
        _body.Land(4);
        Assert.Equal(4, (await reader.ReadAsync(0, default)).Length);
        var rest = reader.ReadAsync(4, default);
        Assert.False(rest.IsCompleted);

        _body.Space(out _).Span[..6].Fill(2);
        Assert.True(_body.TryComplete(6));
        Assert.True(_body.IsComplete);
        Assert.Equal([2, 2, 2, 2, 2, 2], (await rest).ToArray());
        Assert.True((await reader.ReadAsync(10, default)).IsEmpty);
        Assert.Equal((10, 10), (_body.Available, _body.Length));
    }

    [Fact]
    public void Detach_AtAnyPlace_LeavesTheOthers()
    {
        var readers = new[] { Reader(1), Reader(2), Reader(3) };
        foreach (var gone in new[] { 1, 2, 0 })
        {
            _readers.Detach(readers[gone]);
            Assert.False(readers[gone].IsAttached);
        }

        Assert.Equal((0, 9), (_readers.Count, _readers.Slowest(9)));
        _readers.Attach(readers[2]);
        _readers.Attach(readers[0]);
        _readers.Detach(readers[0]);
        Assert.Equal((1, 3), (_readers.Count, _readers.Slowest(9)));
    }

    [Fact]
    public void Waiting_CutReader_DoesNotCount()
    {
        var reader = Reader(1);
        Assert.False(_readers.AnyWaits());
        reader.IsWaiting = true;
        Assert.True(_readers.AnyWaits());
        reader.IsCut = true;
        Assert.False(_readers.AnyWaits());
    }

    private BodyReader Reader(long position)
    {
        var reader = new BodyReader(_body) { Position = position };
        _readers.Attach(reader);
        return reader;
    }
}
