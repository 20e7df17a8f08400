using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Load.Links;

namespace Gateway.Load.Players;

/// <summary>
/// Tells the gateway what the player page tells it: one start-up timeline, each stall when it is seen and when it is over, and what is left to tell when the viewer goes. Events
/// wait until an answer named the session.
/// </summary>
internal sealed class PageReports(Player player) : IScheduled, ITransferListener
{
    /// <summary>The page counts no shorter stall (shortestStallMs of viewing.js).</summary>
    private static readonly TimeSpan s_shortestStall = TimeSpan.FromMilliseconds(100);

    /// <summary>Of a player whose session nobody names no more is kept than this.</summary>
    private const int MostWaiting = 32;

    private readonly List<JsonObject> _waiting = [];
    private double? _manifestAt;
    private double? _segmentAt;
    private bool _timelineTold;
    private long _stall;

    /// <summary>A manifest came.</summary>
    public void Manifest() => _manifestAt ??= player.Now;

    /// <summary>A segment came.</summary>
    public void Segment()
    {
        _segmentAt ??= player.Now;
        Flush();
    }

    /// <summary>The picture moves for the first time.</summary>
    public void Audible() => TellTimeline("audible");

    /// <summary>The picture stands; told when it has stood long enough to be seen.</summary>
    public void Stalled() => player.Loop.Schedule(player.Loop.Now + s_shortestStall, this, ++_stall);

    public void Fire(long tag)
    {
        if (tag != _stall || player.Phase != PlayerPhase.Stalled) return;
        Add(new JsonObject { ["event"] = "player.rebuffer", ["positionSec"] = player.Position });
    }

    /// <summary>A stall is over.</summary>
    public void Recovered(PlayerPhase to, TimeSpan after)
    {
        _stall++;
        if (after <= s_shortestStall) return;
        var outcome = to switch
        {
            PlayerPhase.Playing => "recovered",
            PlayerPhase.Paused => "paused",
            PlayerPhase.Seeking => "seek",
            PlayerPhase.Failed => "failed",
            _ => "left",
        };
        Add(new JsonObject { ["event"] = "player.rebuffer_recovered", ["outcome"] = outcome, ["durationMs"] = Math.Round(after.TotalMilliseconds), ["positionSec"] = player.Position });
    }

    /// <summary>The viewer goes properly, or the player failed.</summary>
    public void Left(PlayerPhase how) => TellTimeline(how == PlayerPhase.Failed ? "playback_error" : "unexpected_stop");

    /// <summary>The machine is gone, nothing more is told.</summary>
    public void Gone()
    {
        _timelineTold = true;
        _waiting.Clear();
        _stall++;
    }

    public void Began(Transfer transfer)
    {
    }

    /// <summary>What goes wrong here no viewer would notice; it counts as an error of the run all the same.</summary>
    public void Ended(Transfer transfer)
    {
        if (FaultKinds.Of(transfer) is { } fault) player.Tally.Fault(fault);
    }

    private void TellTimeline(string outcome)
    {
        if (_timelineTold) return;
        _timelineTold = true;
        var (start, now) = (player.StartedAt, player.Now);
        var manifest = Math.Min(_manifestAt ?? start, now);
        var segment = Math.Clamp(_segmentAt ?? manifest, manifest, now);
        Add(new JsonObject
        {
            ["event"] = "player.startup_timeline",
            ["outcome"] = outcome,
            ["totalToAudibleMs"] = Milliseconds(now - start),
            ["createLatencyMs"] = 0,
            ["createToManifestMs"] = Milliseconds(manifest - start),
            ["manifestToFirstChunkMs"] = Milliseconds(segment - manifest),
            ["firstChunkToAudibleMs"] = Milliseconds(now - segment),
            ["startupRetryCount"] = 0,
        });
    }

    private static double Milliseconds(double seconds) => Math.Round(seconds * 1000);

    private void Add(JsonObject report)
    {
        report["engine"] = "segmented";
        report["player"] = player.Plan.Rules switch { Players.RuleSet.DashJs => "dashjs", Players.RuleSet.Shaka => "shaka", _ => "hlsjs" };
        if (_waiting.Count < MostWaiting) _waiting.Add(report);
        Flush();
    }

    private void Flush()
    {
        if (_waiting.Count == 0 || player.SessionId is not { } session) return;
        var body = JsonSerializer.Serialize(_waiting);
        _waiting.Clear();
        player.Control("POST", $"/api/v1/playback/sessions/{session}/events", body, this);
    }
}
