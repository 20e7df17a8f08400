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
    public LoadTest Of(ReadyMadeSize size) => Build(size) with { Name = Name, Description = Summary, Seed = size.Seed };
}
