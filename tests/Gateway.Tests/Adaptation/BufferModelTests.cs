using Gateway.Adaptation.Players;

namespace Gateway.Tests.Adaptation;

public sealed class BufferModelTests
{
    private readonly BufferModel _buffer = new();

    [Fact]
    public void Buffer_OfASilentPlayer_IsWhatCameMinusWhatPlayed()
    {
        for (var n = 0; n < 4; n++) Load(n, at: n + 1);
        Assert.Equal(5, _buffer.SecondsAt(TimeSpan.FromSeconds(4)), 3);
        Assert.Equal(2, _buffer.SecondsAt(TimeSpan.FromSeconds(7)), 3);
        Assert.Equal(0, _buffer.SecondsAt(TimeSpan.FromSeconds(70)));
    }

    [Fact]
    public void Buffer_OfAPlayerThatTells_IsWhatItTold()
    {
        Load(0, at: 1);
        _buffer.Reported(TimeSpan.FromSeconds(2), 9000);
        Assert.Equal(8, _buffer.SecondsAt(TimeSpan.FromSeconds(3)), 3);
    }

    [Fact]
    public void Buffer_AfterASeek_IsEmpty()
    {
        for (var n = 0; n < 4; n++) Load(n, at: n + 1);
        _buffer.Asked(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(100));
        Assert.Equal(0, _buffer.SecondsAt(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void Buffer_LoadedAgainInABetterQuality_IsNotCountedTwice()
    {
        for (var n = 0; n < 8; n++) Load(n, at: n * 0.25);
        var before = _buffer.SecondsAt(TimeSpan.FromSeconds(2));
        _buffer.Asked(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        Assert.Equal(before, _buffer.SecondsAt(TimeSpan.FromSeconds(2)), 3);
        _buffer.Delivered(TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2));
        Assert.Equal(before - 0.5, _buffer.SecondsAt(TimeSpan.FromSeconds(2.5)), 3);
    }

    [Fact]
    public void Buffer_OfAPlayerThatAsksAhead_IsNotTakenForASeek()
    {
        for (var n = 0; n < 6; n++)
        {
            // The next is asked for twice before one is there.
            _buffer.Asked(TimeSpan.FromSeconds(n), TimeSpan.FromSeconds(4 * n), TimeSpan.FromSeconds(4));
            if (n >= 2) _buffer.Delivered(TimeSpan.FromSeconds(n), TimeSpan.FromSeconds(4 * (n - 2)), TimeSpan.FromSeconds(4));
        }

        Assert.Equal((4 * 4) - 3, _buffer.SecondsAt(TimeSpan.FromSeconds(5)), 3);
    }

    [Fact]
    public void Limit_OfAPlayerThatRests_IsWhatItHeldThen()
    {
        for (var n = 0; n < 8; n++) Load(n, at: n * 0.25);
        Assert.Null(_buffer.Limit);
        Load(8, at: 6);
        Assert.Equal(16 - 6 + 0.25, _buffer.Limit!.Value, 0.5);
    }

    private void Load(int number, double at)
    {
        var start = TimeSpan.FromSeconds(2 * number);
        _buffer.Asked(TimeSpan.FromSeconds(at), start);
        _buffer.Delivered(TimeSpan.FromSeconds(at), start, TimeSpan.FromSeconds(2));
    }
}
