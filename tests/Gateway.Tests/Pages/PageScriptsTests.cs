using Gateway.Testing;

namespace Gateway.Tests.Pages;

/// <summary>Parts of the pages that need no browser: the tests in <c>tests/clients</c>, run by Node.js.</summary>
public sealed class PageScriptsTests
{
    /// <summary>On an idle machine a folder needs some seconds.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData("capture")]
    [InlineData("player")]
    [InlineData("progressive")]
    [InlineData("window")]
    public async Task Scripts_InNode_PassTheirOwnTests(string page)
    {
        var folder = Path.Combine(Repository.Root, "tests", "clients");
        var judged = await ForeignProgram.RunAsync(folder, Deadline, "node", "--test", "--test-reporter=tap", $"{page}/");
        Assert.SkipWhen(judged is null, "Node.js is missing, or did not finish in time.");
        Assert.True(judged!.ExitCode == 0, judged.Output);
        Assert.Matches(@"# pass [1-9]", judged.Output);
    }
}
