using Gateway.Testing;

namespace Gateway.Tests.Progressive;

/// <summary>The engine of the page of tracks in chunks, without a browser: <c>tests/clients/progressive</c>, run by Node.js.</summary>
public sealed class ProgressiveEngineTests
{
    /// <summary>On an idle machine it needs some seconds.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Engine_InNode_PassesItsOwnTests()
    {
        var folder = Path.Combine(Repository.Root, "tests", "clients");
        var judged = await ForeignProgram.RunAsync(folder, Deadline, "node", "--test", "--test-reporter=tap", "progressive/");
        Assert.SkipWhen(judged is null, "Node.js is missing, or did not finish in time.");
        Assert.True(judged!.ExitCode == 0, judged.Output);
        Assert.Matches(@"# pass \d\d", judged.Output);
    }
}
