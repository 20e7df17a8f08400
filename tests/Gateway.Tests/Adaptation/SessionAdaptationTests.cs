using Gateway.Adaptation;
using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Ladders;
using Gateway.Adaptation.Players;
using Gateway.Adaptation.Policy;

namespace Gateway.Tests.Adaptation;

public sealed class SessionAdaptationTests
{
    private static readonly AdaptationLadder Ladder = new([new(800, 700), new(1500, 1300), new(4000, 3600), new(8000, 7000)], 2);
    private TimeSpan _now;
    private int _number;

    [Fact]
    public void Demanded_LineFalls_CapsByTheBufferAndSaysWhy()
    {
        var session = Session("cmsd", PlayerClass.Shaka);
        for (var i = 0; i < 20; i++) Play(session, 10_000, 1);
        Assert.Equal(8000, Decide(session).MaxKbps);
        for (var i = 0; i < 4; i++) Play(session, 1000, 1);
        var decision = Decide(session);
        Assert.InRange(decision.MaxKbps!.Value, 800, 1500);
        Assert.Equal((3, AdaptationReason.BandwidthDrop), (decision.FromRung, decision.Reason));
    }

    [Fact]
    public void Demanded_BeforeAnythingIsKnown_TellsNoMaximum() => Assert.Null(Decide(Session("all", PlayerClass.Shaka)).MaxKbps);

    [Theory]
    [InlineData(PlayerClass.Unknown, true)]
    [InlineData(PlayerClass.HlsJs, true)]
    [InlineData(PlayerClass.DashJs, false)]
    [InlineData(PlayerClass.NoAdaptation, false)]
    public void Demanded_OfAPlayerClass_TellsAMaximumWhereItDoesNoHarm(object player, bool isTold)
    {
        var session = Session("cmsd", (PlayerClass)player);
        for (var i = 0; i < 5; i++) Play(session, 5000, 1);
        Assert.Equal(isTold, Decide(session).MaxKbps is not null);
    }

    [Fact]
    public void Demanded_UntouchedSession_DecidesNothingAndIsMeasured()
    {
        var session = new SessionAdaptation(Policy("all"), Ladder, PlayerClass.Shaka, isUntouched: true);
        for (var i = 0; i < 5; i++) Play(session, 5000, 2);
        Assert.Equal(AdaptationDecision.Nothing, Decide(session));
        Assert.Equal(5000, session.EstimateKbps!.Value, 1.0);
    }

    [Fact]
    public void Demanded_Auto_BeginsLowAndClimbsAsTheBufferDoes()
    {
        var session = Session("auto", PlayerClass.NoAdaptation);
        var rungs = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            rungs.Add(Decide(session, isAuto: true).AutoRung!.Value);
            Play(session, 20_000, 0.2);
        }

        Assert.Equal(0, rungs[0]);
        Assert.Equal(3, rungs[^1]);
        Assert.Equal(rungs.Order(), rungs);
    }

    [Fact]
    public void Demanded_Capped_StaysWithinTheCap()
    {
        var session = Session("auto", PlayerClass.NoAdaptation);
        session.CapKbps = 1600;
        for (var i = 0; i < 40; i++)
        {
            Assert.InRange(Decide(session, isAuto: true).AutoRung!.Value, 0, 1);
            Play(session, 20_000, 0.2);
        }
    }

    [Fact]
    public void Failed_FourthError_TakesARungAndTimeGivesItBack()
    {
        var session = Session("auto,errors", PlayerClass.NoAdaptation);
        for (var i = 0; i < 40; i++)
        {
            Decide(session, isAuto: true);
            Play(session, 20_000, 0.2);
        }

        Assert.False(session.Failed(_now, 3) || session.Failed(_now, 3) || session.Failed(_now, 3));
        Assert.True(session.Failed(_now, 3));
        var lowered = Decide(session, isAuto: true);
        Assert.Equal((2, 3, AdaptationReason.SegmentErrors), (lowered.AutoRung!.Value, lowered.FromRung, lowered.Reason));
        for (var i = 0; i < 40; i++) Play(session, 20_000, 2);
        Assert.Equal(3, Decide(session, isAuto: true).AutoRung);
    }

    [Fact]
    public void Arrived_UpstreamSlowOnAGoodLine_LowersBeforeAStallAndRisesAgain()
    {
        var session = Session("cmsd,errors", PlayerClass.Shaka);
        for (var i = 0; i < 20; i++) Play(session, 20_000, 0.5);
        Assert.Equal(8000, Decide(session).MaxKbps);
        var late = new SegmentArrival(8000, TimeSpan.FromSeconds(1.6), TimeSpan.FromSeconds(2));
        Assert.False(session.Arrived(_now, 3, late));
        Assert.True(session.Arrived(_now, 3, late));
        var lowered = Decide(session);
        Assert.Equal((4000, 3, AdaptationReason.SlowUpstream), (lowered.MaxKbps!.Value, lowered.FromRung, lowered.Reason));
        for (var i = 0; i < 40; i++) Play(session, 20_000, 2);
        Assert.Equal(8000, Decide(session).MaxKbps);
    }

    [Fact]
    public void Demanded_TwoPlayersInOneSession_HoldsNeitherBack()
    {
        var session = Session("cmsd", PlayerClass.Shaka);
        for (var i = 0; i < 10; i++)
        {
            _number = i;
            Decide(session);
            Play(session, 900, 1);
            _number = i + 100;
            Decide(session);
            Play(session, 9000, 1);
        }

        Assert.Equal(8000, Decide(session).MaxKbps);
    }

    [Fact]
    public void Arrived_UpstreamSlowWithoutTheLeverCmsd_TellsTheCeilingAndLiftsItAgain()
    {
        var session = Session("errors", PlayerClass.Shaka);
        for (var i = 0; i < 20; i++) Play(session, 20_000, 0.5);
        Assert.Null(Decide(session).MaxKbps);
        var late = new SegmentArrival(8000, TimeSpan.FromSeconds(1.6), TimeSpan.FromSeconds(2));
        session.Arrived(_now, 3, late);
        session.Arrived(_now, 3, late);
        Assert.Equal(4000, Decide(session).MaxKbps);
        for (var i = 0; i < 40; i++) Play(session, 20_000, 2);
        for (var i = 0; i < 5; i++) Assert.Equal(8000, Decide(session).MaxKbps);
        Assert.Null(Decide(session).MaxKbps);
    }

    [Fact]
    public void Arrived_ErrorsSwitchedOff_LeavesTheRung()
    {
        var session = Session("cmsd", PlayerClass.Shaka);
        for (var i = 0; i < 20; i++) Play(session, 20_000, 0.5);
        var late = new SegmentArrival(8000, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2));
        for (var i = 0; i < 4; i++) Assert.False(session.Arrived(_now, 3, late));
        Assert.Equal(8000, Decide(session).MaxKbps);
    }

    [Fact]
    public void Failed_AtTheLowestRung_TakesNothing()
    {
        var session = Session("auto,errors", PlayerClass.NoAdaptation);
        Decide(session, isAuto: true);
        for (var i = 0; i < 9; i++) Assert.False(session.Failed(_now, 0));
    }

    [Fact]
    public void Throughput_OfAKnownNetwork_IsToldAtTheStartOnly()
    {
        var session = Session("throughput", PlayerClass.Shaka);
        session.PriorKbps = 6000;
        Assert.Equal(3000, Decide(session).ThroughputKbps);
        for (var i = 0; i < 4; i++) Play(session, 5000, 1);
        Assert.Null(Decide(session).ThroughputKbps);
    }

    private static AdaptationPolicy Policy(string levers) => new(new AdaptationOptions { Levers = levers });

    private static SessionAdaptation Session(string levers, PlayerClass player) => new(Policy(levers), Ladder, player);

    private MediaDemand Demand(bool isAuto) => new()
    {
        At = _now,
        Rung = isAuto ? -1 : 0,
        IsVideo = true,
        IsAuto = isAuto,
        Number = _number,
        Start = TimeSpan.FromSeconds(2 * _number),
        Duration = TimeSpan.FromSeconds(2),
    };

    private AdaptationDecision Decide(SessionAdaptation session, bool isAuto = false) => session.Demanded(Demand(isAuto));

    /// <summary>A segment of two seconds comes at a rate in a time, and the player asks for the next at once.</summary>
    private void Play(SessionAdaptation session, double kbps, double seconds)
    {
        var demand = Demand(isAuto: false) with { Rung = -1 };
        var from = _now;
        _now += TimeSpan.FromSeconds(seconds);
        session.Delivered(new DeliverySample((long)(kbps * 125 * seconds), from, _now) { IsLast = true }, demand);
        _number++;
    }
}
