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
