using Gateway.Adaptation.Policy;

namespace Gateway.Tests.Adaptation;

/// <summary>Whichever rungs a player has given up, the suggested maximum leaves it one.</summary>
public sealed class SurvivableCapTests
{
    private readonly SurvivableCap _cap = new();

    [Fact]
    public void Player_ThatHoldsTheLowest_IsLeftTheNext()
    {
        _cap.Asked(0, 4, Second(0));
        Assert.Equal(1, _cap.Above(0, Second(1)));
    }

    [Fact]
    public void Player_ThatHoldsAHighRung_CanBeSentToTheLowest()
    {
        for (var i = 0; i < 60; i += 4) _cap.Asked(3, 4, Second(i));
        Assert.Equal(0, _cap.Above(0, Second(60)));
    }

    [Fact]
    public void Player_ThatGaveUpRungAfterRung_IsNeverLeftWithNothing()
    {
        for (var rung = 0; rung < 4; rung++)
        {
            _cap.Asked(rung, 4, Second(rung * 8));
            Assert.True(_cap.Above(0, Second(rung * 8)) > rung || rung == 3);
        }

        Assert.Equal(3, _cap.Above(0, Second(25)));
        Assert.Equal(0, _cap.Above(0, Second(0) + SurvivableCap.Doubt + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Wanted_AboveWhatIsNeeded_Stays()
    {
        _cap.Asked(0, 4, Second(0));
        Assert.Equal(2, _cap.Above(2, Second(1)));
    }

    private static TimeSpan Second(int second) => TimeSpan.FromSeconds(second);
}
