using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>Some thousands of the requests of which <c>dotnet run --project tests/Gateway.Benchmarks -- fuzz</c> sends a hundred thousand.</summary>
public sealed class HostileRunTests
{
    [Fact]
    public async Task Request_AnyAtAnyRoute_CausesNoGatewayFault()
    {
        await using var run = new HostileRun();
        await run.RunAsync(4000, seed: 1, _ => { });
        Assert.True(run.Faults.Count == 0, string.Join(Environment.NewLine, run.Faults.Take(10)));
        // The requests must get beyond the first checks.
        foreach (var route in new[] { "control 2", "play 200", "playback 200", "admin 200", "pages 200" })
            Assert.Contains(run.Answers.Keys, key => key.StartsWith(route, StringComparison.Ordinal));
    }
}
