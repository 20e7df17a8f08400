using System.Collections.Immutable;

namespace Gateway.Load.Scenarios.ReadyMade;

/// <summary>A test that ships with the tester.</summary>
/// <param name="Name">Its verb.</param>
/// <param name="Summary">One line for <c>--help</c> and the report.</param>
/// <param name="Origin">What a system that the run starts itself plays.</param>
/// <param name="Players">How many, unless told otherwise.</param>
/// <param name="Duration">How long, unless told otherwise.</param>
/// <param name="Build">Makes the test for a size.</param>
internal sealed record ReadyMadeTest(string Name, string Summary, OriginKind Origin, int Players, TimeSpan Duration, Func<ReadyMadeSize, LoadTest> Build)
{
    /// <summary>Slow or stopped is a matter of degree; other bytes than the title's are not.</summary>
    private static readonly ImmutableArray<Threshold> s_bytes = [Threshold.Parse("faults.wrongBytes <= 0"), Threshold.Parse("faults.wrongLength <= 0")];

    /// <param name="size">How many, how long.</param>
    /// <param name="knowsTitles">
    /// Whether the run starts the system, and so knows its titles: then the bytes of made-up titles all have to be compared, or a comparison that no longer finds its titles would
    /// pass for right bytes. What the stub broadcasts has timestamps of its own and is not known.
    /// </param>
    public LoadTest Of(ReadyMadeSize size, bool knowsTitles = false)
    {
        var test = Build(size);
        ImmutableArray<Threshold> compared = knowsTitles ? [Threshold.Parse(Origin == OriginKind.Synthetic ? "segments.compared >= 99 %" : "segments.compared > 0 %")] : [];
        return test with { Name = Name, Description = Summary, Seed = size.Seed, Thresholds = [.. test.Thresholds, .. s_bytes, .. compared] };
    }
}
