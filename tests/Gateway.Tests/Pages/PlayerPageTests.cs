using Gateway.Testing;

namespace Gateway.Tests.Pages;

/// <summary>Parts of the player page that need no browser: <c>tests/clients/player</c>, run by Node.js.</summary>
public sealed class PlayerPageTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Parts_InNode_PassTheirOwnTests()
    {
        var folder = Path.Combine(Repository.Root, "tests", "clients");
        var judged = await ForeignProgram.RunAsync(folder, Deadline, "node", "--test", "--test-reporter=tap", "player/");
        Assert.SkipWhen(judged is null, "Node.js is missing, or did not finish in time.");
        Assert.True(judged!.ExitCode == 0, judged.Output);
        Assert.Matches(@"# pass \d", judged.Output);
    }
}
