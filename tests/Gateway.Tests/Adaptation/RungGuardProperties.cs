using FsCheck;
using FsCheck.Fluent;
using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Ladders;
using Gateway.Adaptation.Players;
using Gateway.Adaptation.Policy;

namespace Gateway.Tests.Adaptation;

/// <summary>What holds of the guard and of the choice for <c>auto</c> whatever line and buffer are.</summary>
public sealed class RungGuardProperties
{
    private static readonly AdaptationLadder Ladder = new([new(530, 365), new(930, 730), new(1340, 1100), new(2330, 2000), new(3430, 3000), new(5080, 4500)], 2, 128);

    private static readonly Gen<(int Buffer, int Kbps, int More)> Situation =
        from buffer in Gen.Choose(0, 60_000)
        from kbps in Gen.Choose(1, 60_000)
        from more in Gen.Choose(0, 20_000)
        select (buffer, kbps, more);

    private readonly RungGuard _guard = new(0.7, 6);

    [Fact]
    public void Guard_MoreBufferOrMoreRate_NeverLowersTheRung() => Prop.ForAll(Situation.ToArbitrary(), s =>
    {
        var rung = Rung(s.Buffer, s.Kbps);
        Assert.InRange(rung, 0, Ladder.Rungs.Length - 1);
        Assert.True(Rung(s.Buffer + s.More, s.Kbps) >= rung);
        Assert.True(Rung(s.Buffer, s.Kbps + s.More) >= rung);
    }).Check(Dice.Config(2000));

    [Fact]
    public void Guard_ARungAboveTheLowest_LoadsWithinItsShareOfTheBuffer() => Prop.ForAll(Situation.ToArbitrary(), s =>
    {
        var rung = Rung(s.Buffer, s.Kbps);
        if (rung == 0) return;
        var bits = Ladder.BitsOf(rung, -1, 3) + (128_000 * 6);
        Assert.True(bits / (s.Kbps * 1000.0) <= 0.7 * s.Buffer / 1000.0 * (1 + 1e-9));
    }).Check(Dice.Config(2000));

    [Fact]
    public void Auto_AnyLineAndBuffer_GoesUpByOneRungAtMostAndNeverBeyondTheLine() => Prop.ForAll(Situation.ToArbitrary(), s =>
    {
        var rate = new DeliveryRate();
        for (var i = 0; i < 20; i++) rate.Add(new DeliverySample(s.Kbps * 125L, TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(i + 1)));
        foreach (var player in Enum.GetValues<PlayerClass>())
        {
            for (var before = 0; before < Ladder.Rungs.Length; before++)
            {
                var rung = AutoChoice.Rung(Ladder, player, -1, rate, s.Buffer / 1000.0, AutoChoice.LimitOf(player), before);
                Assert.InRange(rung, 0, Math.Min(before + 1, Ladder.Rungs.Length - 1));
                Assert.True(rung == 0 || Ladder.Rungs[rung].AverageKbps + 128 <= s.Kbps);
            }
        }
    }).Check(Dice.Config(500));

    [Fact]
    public void Guard_TrueSizesAreLargerThanDeclared_GoesByTheTrueOnes()
    {
        var large = new AdaptationLadder(Ladder.Rungs, 2, 128, new Doubled());
        Assert.Equal(4, _guard.Highest(Ladder, 0, 10, 2_700_000));
        Assert.Equal(2, _guard.Highest(large, 0, 10, 2_700_000));
    }

    private int Rung(int bufferMs, int kbps) => _guard.Highest(Ladder, -1, bufferMs / 1000.0, kbps * 1000.0);

    private sealed class Doubled : ISegmentSizes
    {
        public long BytesOf(int rung, long number) => Ladder.Rungs[rung].AverageKbps * 125L * 2 * 2;
    }
}
