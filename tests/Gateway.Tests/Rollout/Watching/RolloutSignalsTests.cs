using System.Net;
using Gateway.Access;
using Gateway.Rollout.Watching;

namespace Gateway.Tests.Rollout.Watching;

public sealed class RolloutSignalsTests : RolloutFixture
{
    private readonly TriggerOptions _options = new() { EventsPerViewer = 20 };

    [Fact]
    public void Creates_OfOneViewer_CountUpToItsAllowanceWhateverBecameOfThem()
    {
        var signals = new RolloutSignals(New(), _options, Time);
        for (var i = 0; i < 1000; i++) signals.Count(RolloutSignal.Create, Viewer(1), 1, 1);
        for (var viewer = 2u; viewer < 100; viewer++) signals.Count(RolloutSignal.Create, Viewer(viewer), 1, 0);
        var window = signals.Sum(false);
        Assert.Equal((118, 20), (window.Creates, window.CreateFailures));
        Assert.Single(window.CreateFailureViewers);
        // The next minute is another one.
        Time.Advance(TimeSpan.FromSeconds(60));
        signals.Count(RolloutSignal.Create, Viewer(1), 1, 1);
        Assert.Equal((1, 1), (signals.Sum(false).Creates, signals.Sum(false).CreateFailures));
    }

    [Fact]
    public void Fetches_BeyondTheAllowance_AreCutInProportion()
    {
        var signals = new RolloutSignals(New(), _options, Time);
        signals.Count(RolloutSignal.Fetch, Viewer(1), 400, 100);
        Assert.Equal((200, 50), (signals.Sum(false).Fetches, signals.Sum(false).FetchFailures));
    }

    [Fact]
    public void Failures_ToldLaterThanTheirEvent_AreBoundedAsWell()
    {
        var signals = new RolloutSignals(New(), _options, Time);
        for (var i = 0; i < 1000; i++) signals.Count(RolloutSignal.Handoff, Viewer(1), 0, 1);
        Assert.Equal((0, 20), (signals.Sum(false).Handoffs, signals.Sum(false).HandoffFailures));
    }

    [Fact]
    public void Window_WithAWallClockThatIsSetBack_ForgetsAfterAMinuteAllTheSame()
    {
        var signals = new RolloutSignals(New(), _options, Time);
        Time.Advance(TimeSpan.FromSeconds(10));
        signals.Count(RolloutSignal.Interruption, Viewer(1), 0, 1);
        Time.SetBack(TimeSpan.FromHours(1));
        Assert.Equal(1, signals.Sum(true).InterruptedSessions);
        Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((0, 0), (signals.Sum(true).InterruptedSessions, signals.Sum(true).InterruptedViewers.Count));
    }

    [Fact]
    public void Viewers_WithoutANameInOneNetwork_AreOneAndUsersAreTheirOwn()
    {
        var here = ClientOrigin.Of(IPAddress.Parse("192.0.2.7"));
        var neighbour = ClientOrigin.Of(IPAddress.Parse("192.0.2.200"));
        var other = ClientOrigin.Of(IPAddress.Parse("198.51.100.7"));
        Assert.Equal(RolloutViewer.Of("", here), RolloutViewer.Of("", neighbour));
        Assert.NotEqual(RolloutViewer.Of("", here), RolloutViewer.Of("", other));
        Assert.Equal(RolloutViewer.Of("ada", here), RolloutViewer.Of("ada", other));
        Assert.NotEqual(RolloutViewer.Of("ada", here), RolloutViewer.Of("bob", here));
    }

    private static RolloutViewer Viewer(ulong name) => new(name, true);
}
