namespace Gateway.Load.Baseline;

/// <summary>What a capture file holds: the start-ups, the ends of retry budgets, and how well it could be read.</summary>
internal sealed class Capture
{
    /// <summary>Lines with valid JSON, objects or not.</summary>
    public long Parsed { get; set; }

    /// <summary>Lines that are not JSON, skipped.</summary>
    public long InvalidJson { get; set; }

    /// <summary>Lines whose JSON is no object, skipped.</summary>
    public long NonObjects { get; set; }

    /// <summary>Every start-up timeline, in the file's order.</summary>
    public List<StartupSample> Samples { get; } = [];

    /// <summary>How often a player had spent all its tries: <c>session.startup_retry_exhausted</c>.</summary>
    public long RetryExhaustions { get; set; }

    /// <summary>The earliest <c>ts</c> of all records; null when none has one.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>The latest <c>ts</c> of all records.</summary>
    public DateTimeOffset? Until { get; private set; }

    /// <summary>From the first to the last record; null when the records tell no time.</summary>
    public TimeSpan? Window => Until - From;

    /// <summary>The engines whose start-ups are in here, in order; empty when none is told.</summary>
    public IReadOnlyList<string> Population => [.. Samples.Select(s => s.Engine).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public void Saw(DateTimeOffset moment)
    {
        if (From is null || moment < From) From = moment;
        if (Until is null || moment > Until) Until = moment;
    }
}
