using System.Globalization;

namespace Gateway.Transcoding;

/// <summary>Tells at the start which transcoder makes titles, and within which limits. An address may carry no credential; the key is only told to be there.</summary>
internal sealed partial class TranscoderStart(TranscoderOptions options, ILogger<TranscoderStart> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.IsOn()) return Task.CompletedTask;
        var waits = string.Create(
            CultureInfo.InvariantCulture, $"{options.StartPatience.TotalSeconds} s for a start (answered within {options.CallTimeout.TotalSeconds} s), {options.SegmentPatience.TotalSeconds} s for a segment");
        LogInEffect(
            options.Url, options.Key.Length > 0 ? "with a key" : "without a key", options.Cluster, options.Profile, waits, options.MaxStarts, options.HouseholdStarts, options.NetworkStarts, options.MaxHeld,
            options.IdleTimeout.TotalSeconds, options.SourceBaseUrl.Length > 0 ? options.SourceBaseUrl : "its own library");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Next free id: 1171.
    [LoggerMessage(1170, LogLevel.Information, "Transcoder at '{Url}' {Key}, media of the cluster '{Cluster}', profile '{Profile}'; patience {Waits}; at most {MaxStarts} starts under way (of a household {HouseholdStarts}, of a network {NetworkStarts}, once half are taken) and {MaxHeld} titles held, each {IdleSec} s after its last use; sources from {Sources}", EventName = nameof(LogInEffect))]
    private partial void LogInEffect(string url, string key, string cluster, string profile, string waits, int maxStarts, int householdStarts, int networkStarts, int maxHeld, double idleSec, string sources);
}
