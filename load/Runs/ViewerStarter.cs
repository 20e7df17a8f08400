using Gateway.Load.Links;
using Gateway.Load.Players;
using Gateway.Load.Players.Titles;
using Gateway.Load.Scenarios;

namespace Gateway.Load.Runs;

/// <summary>Makes a player in real time of each viewer of a plan, and the line that it sits on. On the loop's thread.</summary>
internal sealed class ViewerStarter(EventLoop loop, string target, IKnownTitles? known, TimeProvider time) : IDisposable
{
    // A portion of 20 ms is finer than any rule looks (100 ms), and one timer.
    private static readonly TimeSpan s_portion = TimeSpan.FromMilliseconds(20);

    private readonly HttpMessageInvoker _invoker = HttpTransport.NewInvoker();
    private readonly ManifestLibrary _library = new(target);
    private readonly Dictionary<string, RateTrace> _traces = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Scenario, long Group), RealTimeBottleneck> _links = [];

    public Action Start(LoadRun run, PlannedViewer viewer)
    {
        var transport = new HttpTransport(loop, _invoker, LinkOf(viewer));
        var player = new Player(viewer.Player with { Known = known }, loop, transport, _library, run.Recorder);
        player.Start();
        return player.Stop;
    }

    public void Dispose() => _invoker.Dispose();

    private RealTimeBottleneck? LinkOf(PlannedViewer viewer)
    {
        if (viewer.Link is not { } plan) return null;
        var key = (viewer.Player.Scenario, plan.Group);
        if (_links.TryGetValue(key, out var shared)) return shared;
        var trace = plan.Trace is { } file ? TraceOf(file) : RateTrace.Constant(plan.Kbps);
        var link = new RealTimeBottleneck(
            new LinkOptions { Trace = trace, Offset = TimeSpan.FromSeconds(plan.Offset * trace.Length), RoundTrip = TimeSpan.FromMilliseconds(plan.RttMs) }, time, s_portion);
        _links.Add(key, link);
        return link;
    }

    private RateTrace TraceOf(string file)
    {
        if (!_traces.TryGetValue(file, out var trace)) _traces.Add(file, trace = RateTrace.Load(file));
        return trace;
    }
}
