using System.Diagnostics.Metrics;

namespace Gateway.Transcoding;

/// <summary>Instruments of the meter <c>Gateway.Transcoding</c>. Tags are from closed sets.</summary>
internal sealed class TranscodeMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _starts;
    private readonly Counter<long> _ends;
    private readonly Histogram<double> _startTime;

    public TranscodeMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Gateway.Transcoding");
        _starts = _meter.CreateCounter<long>("gateway.transcode.starts", description: "Titles that the transcoder was asked to make, by how that ended.");
        _ends = _meter.CreateCounter<long>("gateway.transcode.ends", description: "Titles that were let go of, by whether the transcoder took note.");
        _startTime = _meter.CreateHistogram<double>("gateway.transcode.start.duration", "s", "Time until the transcoder answered a start.");
        foreach (var outcome in Enum.GetValues<StartOutcome>()) _starts.Add(0, Tag(Label(outcome)));
        foreach (var isDone in new[] { true, false }) _ends.Add(0, Tag(Label(isDone)));
    }

    public void Watch(Func<int> held) => _meter.CreateObservableGauge("gateway.transcodes.held", held, description: "Titles that the transcoder makes for this gateway.");

    public void Started(StartOutcome outcome, TimeSpan took)
    {
        _starts.Add(1, Tag(Label(outcome)));
        _startTime.Record(took.TotalSeconds);
    }

    /// <summary>Counts a start that was not asked for, because there are too many.</summary>
    public void Refused() => _starts.Add(1, Tag(Label(StartOutcome.Busy)));

    public void Ended(bool isDone) => _ends.Add(1, Tag(Label(isDone)));

    private static KeyValuePair<string, object?> Tag(string outcome) => KeyValuePair.Create("outcome", (object?)outcome);

    private static string Label(bool isDone) => isDone ? "done" : "failed";

    private static string Label(StartOutcome outcome) => outcome switch
    {
        StartOutcome.Started => "started",
        StartOutcome.Unknown => "unknown",
        StartOutcome.Busy => "busy",
        StartOutcome.Failed => "failed",
        StartOutcome.Interrupted => "interrupted",
        StartOutcome.Unreachable => "unreachable",
        _ => "timed_out",
    };
}
