using System.Runtime.CompilerServices;
using System.Text;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// Tells each change of a destination's health in one line, whoever decides it: probes, requests, an opened circuit. It stands before YARP's own updater, which tells each
/// verdict and no cause, and YARP's prober, which tells each failed probe with its stack; both are silent by the default of <c>Logging</c>.
/// </summary>
/// <remarks>Thread-safe. What was told is kept with YARP's object for the destination, across reloads.</remarks>
internal sealed partial class DestinationHealthLog(IDestinationHealthUpdater updater, TimeProvider time, ILogger<DestinationHealthLog> log) : IDestinationHealthUpdater
{
    /// <summary>Of a cause that somebody else's program worded.</summary>
    private const int MaxCauseLength = 200;

    private readonly ConditionalWeakTable<DestinationState, Told> _told = [];

    public void SetActive(ClusterState cluster, IEnumerable<NewActiveDestinationHealth> newHealthStates)
    {
        var verdicts = newHealthStates as IReadOnlyCollection<NewActiveDestinationHealth> ?? [.. newHealthStates];
        updater.SetActive(cluster, verdicts);
        foreach (var verdict in verdicts) Tell(cluster, verdict.Destination, verdict.NewActiveHealth, isProbed: true);
    }

    public void SetPassive(ClusterState cluster, DestinationState destination, DestinationHealth newHealth, TimeSpan reactivationPeriod)
    {
        updater.SetPassive(cluster, destination, newHealth, reactivationPeriod);
        Tell(cluster, destination, newHealth, isProbed: false);
    }

    /// <summary>Why the next verdict about this destination will be a bad one.</summary>
    public void Note(DestinationState destination, DestinationProbingResult result) => For(destination).Cause = result switch
    {
        { Response: { } response } => $"it answered the probe with {(int)response.StatusCode}",
        { Exception: { } fault } => WordsOf(fault),
        _ => "its probes fail",
    };

    private void Tell(ClusterState cluster, DestinationState destination, DestinationHealth health, bool isProbed)
    {
        var told = For(destination);
        TimeSpan away;
        lock (told)
        {
            ref var since = ref isProbed ? ref told.DownSince : ref told.PausedSince;
            if (since is null == (health != DestinationHealth.Unhealthy)) return;
            away = since is { } start ? time.GetElapsedTime(start) : TimeSpan.Zero;
            since = health == DestinationHealth.Unhealthy ? time.GetTimestamp() : null;
        }

        if (health != DestinationHealth.Unhealthy) LogBack(cluster.ClusterId, destination.DestinationId, away.TotalSeconds);
        else if (isProbed) LogDown(cluster.ClusterId, destination.DestinationId, told.Cause);
        else LogPaused(cluster.ClusterId, destination.DestinationId);
    }

    private Told For(DestinationState destination) => _told.GetOrAdd(destination, static _ => new Told());

    /// <summary>The innermost reason: what stands around it says that a request failed, which is known.</summary>
    private static string WordsOf(Exception fault)
    {
        if (fault is OperationCanceledException) return "no answer in time";
        while (fault.InnerException is { } inner) fault = inner;
        var words = new StringBuilder(fault.Message.TrimEnd('.'), 0, Math.Min(fault.Message.TrimEnd('.').Length, MaxCauseLength), MaxCauseLength);
        for (var i = 0; i < words.Length; i++)
        {
            if (char.IsControl(words[i])) words[i] = ' ';
        }

        return words.ToString();
    }

    // Next free id: 1143.
    [LoggerMessage(1140, LogLevel.Warning, "'{Cluster}/{Destination}' is down: {Cause}")]
    private partial void LogDown(string cluster, string destination, string cause);

    [LoggerMessage(1141, LogLevel.Warning, "'{Cluster}/{Destination}' gets no requests for a while: too many of them failed")]
    private partial void LogPaused(string cluster, string destination);

    [LoggerMessage(1142, LogLevel.Information, "'{Cluster}/{Destination}' is back after {Seconds:0} s")]
    private partial void LogBack(string cluster, string destination, double seconds);

    private sealed class Told
    {
        public long? DownSince;
        public long? PausedSince;

        public volatile string Cause = "its probes fail";
    }
}
