using System.Net;
using Gateway.Adaptation;
using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Ladders;
using Gateway.Adaptation.Players;
using Gateway.Adaptation.Policy;

namespace Gateway.Tests.Adaptation;

/// <summary>The small classes beside the session's own: pacing window, ladder, prior, arms, names of levers and players.</summary>
public sealed class PolicyPartsTests
{
    private static readonly AdaptationLadder Ladder = new([new(800, 700), new(1500, 1300), new(4000, 3600), new(8000, 7000)], 2);

    [Theory]
    [InlineData(PlayerClass.HlsJs)]
    [InlineData(PlayerClass.DashJs)]
    [InlineData(PlayerClass.Shaka)]
    public void PacingWindow_OfEachRung_KeepsThePlayerOnIt(object of)
    {
        var player = (PlayerClass)of;
        var (stay, up) = PacingWindow.FactorsOf(player);
        for (var rung = 0; rung + 1 < Ladder.Rungs.Length; rung++)
        {
            var rate = PacingWindow.RateFor(Ladder, rung, player)!.Value;
            Assert.True(rate * stay > Ladder.Rungs[rung].Kbps);
            Assert.True(rate * up < Ladder.Rungs[rung + 1].Kbps);
        }

        Assert.InRange(PacingWindow.RateFor(Ladder, Ladder.Rungs.Length - 1, player)!.Value, Ladder.Rungs[^1].Kbps / stay, 2 * Ladder.Rungs[^1].Kbps / stay);
    }

    [Fact]
    public void PacingWindow_OfShaka_MakesUpForTheRoundTripThatItMeasures()
    {
        var without = PacingWindow.RateFor(Ladder, 1, PlayerClass.Shaka)!.Value;
        var with = PacingWindow.RateFor(Ladder, 1, PlayerClass.Shaka, 3000, 0.1)!.Value;
        Assert.Equal(without, 3000 / ((3000 / with) + 0.1), 0.5);
    }

    [Theory]
    [InlineData(500, 0)]
    [InlineData(4000, 2)]
    [InlineData(3999, 1)]
    [InlineData(99_000, 3)]
    public void Ladder_OfATarget_HasTheHighestRungWithinOrTheLowest(double kbps, int rung) => Assert.Equal(rung, Ladder.Within(kbps));

    [Fact]
    public void Prior_OfANetwork_NeedsSomeSessionsAndForgetsSlowly()
    {
        var prior = new NetworkPrior(100);
        var network = NetworkPrefix.Of(IPAddress.Parse("192.0.2.77"));
        prior.Observe(network, 20, 1000);
        prior.Observe(network, 20, 4000);
        Assert.Null(prior.Estimate(network, 20));
        prior.Observe(network, 20, 2000);
        Assert.Equal(2000, prior.Estimate(NetworkPrefix.Of(IPAddress.Parse("::ffff:192.0.2.9")), 20)!.Value, 1.0);
        Assert.Equal(2000, prior.Estimate(network, 3)!.Value, 1.0);
        Assert.Null(prior.Estimate(NetworkPrefix.Of(IPAddress.Parse("192.0.3.1")), 20));
    }

    [Fact]
    public void Prior_OfMoreNetworksThanItMayKnow_StaysWithinItsBound()
    {
        var prior = new NetworkPrior(50);
        for (var i = 0; i < 5000; i++) prior.Observe(new NetworkPrefix((ulong)i), i % 24, 1000 + i);
        Assert.Equal(50, prior.Count);
    }

    [Fact]
    public void Arm_OfManySessions_LeavesAboutItsShareUntouched()
    {
        var untouched = Enumerable.Range(0, 20_000).Count(static i => SessionArm.IsUntouched(new Guid(i, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8]).ToString(), 0.05));
        Assert.InRange(untouched, 800, 1200);
        Assert.False(SessionArm.IsUntouched("any", 0));
        Assert.True(SessionArm.IsUntouched("any", 1));
    }

    [Theory]
    [InlineData("all", AdaptationLevers.All)]
    [InlineData("none", AdaptationLevers.None)]
    [InlineData(" CMSD, auto ", AdaptationLevers.Cmsd | AdaptationLevers.Auto)]
    public void Levers_ByName_AreRead(string text, object levers)
    {
        Assert.True(LeverNames.TryRead(text, out var read, out _));
        Assert.Equal(levers, read);
    }

    [Fact]
    public void Levers_OneThatThereIsNot_IsNamed()
    {
        Assert.False(LeverNames.TryRead("cmsd,magic", out _, out var unknown));
        Assert.Equal("magic", unknown);
        Assert.Single(new AdaptationOptions { Levers = "magic" }.Validate(new(this)));
        Assert.Equal("cmsd,errors", LeverNames.Write(AdaptationLevers.Cmsd | AdaptationLevers.Errors));
    }

    [Theory]
    [InlineData(null, "Lavf/59.27.100", PlayerClass.NoAdaptation)]
    [InlineData(null, "VLC/3.0.18 LibVLC/3.0.18", PlayerClass.NoAdaptation)]
    [InlineData(null, "AppleCoreMedia/1.0.0.20G75 (iPhone; U; CPU OS 16_6 like Mac OS X)", PlayerClass.Apple)]
    [InlineData(null, "MyApp/1.2 (Linux;Android 14) AndroidXMedia3/1.4.1", PlayerClass.ExoPlayer)]
    [InlineData("shaka", "Mozilla/5.0 Chrome/140", PlayerClass.Shaka)]
    [InlineData(null, "Mozilla/5.0 Chrome/140", PlayerClass.Unknown)]
    [InlineData("whatever", null, PlayerClass.Unknown)]
    public void Player_ByWhatItSends_IsRecognised(string? engine, string? agent, object player) => Assert.Equal(player, PlayerClassifier.Of(engine, agent));
}
