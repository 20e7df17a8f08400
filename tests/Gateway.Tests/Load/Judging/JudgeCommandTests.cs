using System.CommandLine;
using System.Text.Json;

namespace Gateway.Tests.Load.Judging;

public sealed class JudgeCommandTests
{
    [Fact]
    public async Task Judge_WithAnEffect_TellsBothAndWritesThem()
    {
        var folder = Directory.CreateTempSubdirectory("gateway-judge-");
        try
        {
            var file = Path.Combine(folder.FullName, "judge.json");
            var (code, output, errors) = await RunAsync("--aa", "20", "--sessions", "500", "--effect", "50", "--runs", "20", "--share", "0.1", "--json", file);
            Assert.Equal((0, ""), (code, errors));
            Assert.StartsWith("A/A at a share of 0.1, wave 1: 0 of 20 runs reverted", output, StringComparison.Ordinal);
            Assert.Contains("Stalls times 50 at a share of 0.1, wave 1: 20 of 20 runs reverted within 500 sessions. Triggers: stalled 20.", output, StringComparison.Ordinal);
            using var written = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            Assert.Equal(10_000, written.RootElement.GetProperty("aa").GetProperty("looks").GetInt32());
            Assert.InRange(written.RootElement.GetProperty("effect").GetProperty("eventsMedian").GetDouble(), 1, 60);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("--aa", "-1")]
    [InlineData("--share", "1")]
    [InlineData("--share", "NaN")]
    [InlineData("--effect", "0")]
    [InlineData("--on", "nothing")]
    [InlineData("--wave", "0")]
    public async Task Judge_WronglyCalled_TellsHowAndEndsWithOne(params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.NotEmpty(errors);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await Gateway.Load.Program.RunAsync(["judge", .. arguments], new InvocationConfiguration { Output = output, Error = errors }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }
}
