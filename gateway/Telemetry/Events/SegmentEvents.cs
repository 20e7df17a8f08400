namespace Gateway.Telemetry.Events;

/// <summary>Which <c>segment.fetch</c> events are written; they are by far the most frequent.</summary>
public enum SegmentEvents
{
    /// <summary>One for every segment.</summary>
    All,

    /// <summary>Only those that were refused or failed.</summary>
    Failures,

    /// <summary>None; the metrics still count them.</summary>
    Off,
}
