using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gateway.Rollout;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions;

/// <summary>Instruments of the meter <c>Gateway.Sessions</c>. Tags are from closed sets; no session, user or title is ever one.</summary>
internal sealed class SessionMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _creates;
    private readonly Histogram<double> _startup;
    private readonly Counter<long> _startupFailures;
    private readonly Counter<long> _rebuffers;
    private readonly Counter<double> _rebufferTime;
    private readonly Counter<double> _playbackTime;
    private readonly Counter<long> _handoffs;
    private readonly Histogram<double> _handoffTime;
    private readonly Histogram<double> _delivered;
    private readonly Histogram<int> _throughput;

    public SessionMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Gateway.Sessions");
        _creates = _meter.CreateCounter<long>("gateway.session.creates", description: "Requests for a session, by how they ended.");
        _startup = _meter.CreateHistogram<double>("gateway.startup", "s", "From pressing play to the first sound or frame, as the client reports it.");
        _startupFailures = _meter.CreateCounter<long>("gateway.startup.failures", description: "Start-ups that never came to a first sound or frame, as clients report them.");
        _rebuffers = _meter.CreateCounter<long>("gateway.rebuffer.events", description: "Stalls of viewers after playback had begun.");
        _rebufferTime = _meter.CreateCounter<double>("gateway.rebuffer", "s", "How long viewers were stalled after playback had begun.");
        _playbackTime = _meter.CreateCounter<double>("gateway.playback", "s", "How long viewers watched.");
        _handoffs = _meter.CreateCounter<long>("gateway.handoffs", description: "Handoffs from one session to the next, by how they ended.");
        _handoffTime = _meter.CreateHistogram<double>("gateway.handoff.duration", "s", "Time that a handoff took at the gateway.");
        _delivered = _meter.CreateHistogram<double>("gateway.delivered_bitrate.kbps", description: "Average bitrate of ended sessions.");
        BeginAtZero();
        _throughput = _meter.CreateHistogram<int>("gateway.bandwidth_estimate.kbps", description: "What viewers' lines carry, as the gateway measures it, or before that as their players do.");
    }

    /// <summary>Registers the gauge, which calls back at each collection.</summary>
    public void Watch(Func<IEnumerable<Measurement<long>>> active) =>
        _meter.CreateObservableGauge("gateway.sessions.active", active, description: "Sessions that are held on this node: until their viewer ends them, or nothing was heard of them for Sessions:IdleTimeout.");

    /// <inheritdoc cref="Watch"/>
    public void WatchPlaying(Func<IEnumerable<Measurement<long>>> playing) =>
        _meter.CreateObservableGauge("gateway.sessions.playing", playing, description: "Sessions whose viewer watches now: media went out within Sessions:PlayingTimeout, or the player says that it plays.");

    public void CreateEnded(OpenVerdict verdict) => _creates.Add(1, KeyValuePair.Create("outcome", (object?)Label(verdict)));

    public void CreateEnded(string outcome) => _creates.Add(1, KeyValuePair.Create("outcome", (object?)outcome));

    public void Started(PlaybackEngine engine, TimeSpan time) => _startup.Record(time.TotalSeconds, Engine(engine));

    /// <param name="stage"><c>session_create</c>, <c>manifest</c>, <c>segment</c>, <c>playback</c>.</param>
    /// <param name="reason"><c>retry_exhausted</c>, <c>playback_error</c>, <c>unexpected_stop</c>, <c>startup_timeout</c>, <c>other</c>.</param>
    public void StartFailed(string stage, string reason) => _startupFailures.Add(1, new TagList { { "stage", stage }, { "reason", reason } });

    public void Stalled(PlaybackEngine engine) => _rebuffers.Add(1, Engine(engine));

    public void Stalled(PlaybackEngine engine, TimeSpan time) => _rebufferTime.Add(time.TotalSeconds, Engine(engine));

    public void Watched(PlaybackEngine engine, TimeSpan time) => _playbackTime.Add(time.TotalSeconds, Engine(engine));

    public void HandedOff(string outcome, TimeSpan? time)
    {
        _handoffs.Add(1, KeyValuePair.Create("outcome", (object?)outcome));
        if (time is { } took) _handoffTime.Record(took.TotalSeconds, KeyValuePair.Create("outcome", (object?)outcome));
    }

    public void Measured(int kbps) => _throughput.Record(kbps);

    public void Delivered(double kbps) => _delivered.Record(kbps);

    public static string Label(PlaybackEngine engine) => engine == PlaybackEngine.Direct ? "direct" : "segmented";

    public static string Label(OpenVerdict verdict) => verdict switch
    {
        OpenVerdict.Opened => "opened",
        OpenVerdict.Found => "found",
        OpenVerdict.Full => "full",
        OpenVerdict.TooManyStreams => "too_many_streams",
        OpenVerdict.StoreUnavailable => "store_unavailable",
        OpenVerdict.RateLimited => "rate_limited",
        _ => "draining",
    };

    /// <summary>Publishes zeros: a counter that first appears with the value one shows no increase to Prometheus' <c>rate()</c>.</summary>
    private void BeginAtZero()
    {
        foreach (var engine in Enum.GetValues<PlaybackEngine>())
        {
            _rebuffers.Add(0, Engine(engine));
            _rebufferTime.Add(0, Engine(engine));
            _playbackTime.Add(0, Engine(engine));
        }

        foreach (var verdict in Enum.GetValues<OpenVerdict>()) _creates.Add(0, KeyValuePair.Create("outcome", (object?)Label(verdict)));
        foreach (var outcome in new[] { "recovered", "failure", "load_error", "circuit_open" }) _handoffs.Add(0, KeyValuePair.Create("outcome", (object?)outcome));
        foreach (var stage in new[] { "session_create", "manifest", "segment" }) _startupFailures.Add(0, new TagList { { "stage", stage }, { "reason", "retry_exhausted" } });
        foreach (var reason in new[] { "playback_error", "unexpected_stop", "startup_timeout" }) _startupFailures.Add(0, new TagList { { "stage", "playback" }, { "reason", reason } });
    }

    private static KeyValuePair<string, object?> Engine(PlaybackEngine engine) => KeyValuePair.Create("engine", (object?)Label(engine));
}
