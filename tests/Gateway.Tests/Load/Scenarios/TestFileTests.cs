using Gateway.Load.Pacing;
using Gateway.Load.Players;
using Gateway.Load.Scenarios;

namespace Gateway.Tests.Load.Scenarios;

public sealed class TestFileTests : IDisposable
{
    private const string Whole = """
        {
          // Comments are allowed.
          "name": "match", "seed": 7, "gateways": 2,
          "scenarios": [{
            "name": "viewers",
            "audience": { "titles": ["/play/a/master.m3u8"], "rules": { "hlsJs": 3, "shaka": 1 }, "meanStaySeconds": 60, "links": { "kbps": 3000, "shared": 4 } },
            "loadSimulations": [
              { "kind": "rampingInject", "rate": 10, "during": "30s" },
              { "kind": "inject", "rate": 600, "interval": "1m", "during": "00:01:00" },
              { "kind": "injectRandom", "minRate": 1, "maxRate": 5, "during": "10s" },
              { "kind": "rampingConstant", "copies": 20, "during": "10s" },
              { "kind": "keepConstant", "copies": 20, "during": "0.5m" },
              { "kind": "pause", "during": "500ms" },
            ],
          }],
          "thresholds": ["startup.p95 <= 2500 ms"],
          "disturbances": [{ "at": "20s", "kind": "killGateway", "gateway": 1 }],
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-test-file-");

    [Fact]
    public async Task Read_OfAWholeTest_HasEveryPartOfIt()
    {
        var test = await ReadAsync(Whole);
        Assert.Equal(("match", 7, 2), (test.Name, test.Seed, test.Gateways));
        var scenario = Assert.Single(test.Scenarios);
        Assert.Equal(Enum.GetValues<LoadSimulationKind>().Order(), scenario.LoadSimulations.Select(s => s.Kind).Order());
        Assert.Equal(TimeSpan.FromSeconds(140.5), scenario.Duration);
        Assert.Equal(3, scenario.Audience!.Rules[RuleSet.HlsJs]);
        Assert.Equal(4, scenario.Audience.Links!.Shared);
        Assert.Equal(new Disturbance(TimeSpan.FromSeconds(20), DisturbanceKind.KillGateway, 1), Assert.Single(test.Disturbances));
        Assert.Equal("startup.p95 <= 2500 ms", Assert.Single(test.Thresholds).Text);
    }

    [Theory]
    [InlineData("\"seed\": 7", "\"sede\": 7", "sede")]
    [InlineData("\"copies\": 20, \"during\": \"10s\"", "\"during\": \"10s\"", "copies")]
    [InlineData("\"during\": \"30s\"", "\"during\": \"soon\"", "soon")]
    [InlineData("startup.p95 <= 2500 ms", "startup.p95 = 3", "no threshold")]
    [InlineData("\"/play/a/master.m3u8\"", "", "no titles")]
    [InlineData("\"killGateway\"", "\"kickGateway\"", "kind")]
    [InlineData("\"gateways\": 2", "\"gateways\": 99", "gateways")]
    [InlineData("\"rate\": 10", "\"rate\": -1", "0 to 1,000,000")]
    [InlineData("\"name\": \"viewers\"", "\"name\": \"my viewers\"", "no name")]
    [InlineData("{", "", "")]
    public async Task Read_OfAWrongTest_SaysWhereItIs(string right, string wrong, string told)
    {
        var at = Whole.IndexOf(right, StringComparison.Ordinal);
        var refusal = await Assert.ThrowsAsync<FormatException>(() => ReadAsync(Whole.Remove(at, right.Length).Insert(at, wrong)));
        Assert.Contains("test.json", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("00:01:30", 90)]
    public void Duration_AsPeopleTypeIt_IsRead(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("90")]
    [InlineData("-5s")]
    [InlineData("0s")]
    [InlineData("s")]
    [InlineData("1e9h")]
    [InlineData("")]
    public void Duration_OfSomethingElse_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<LoadTest> ReadAsync(string text)
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, "test.json"));
        await File.WriteAllTextAsync(file.FullName, text);
        return await TestFile.ReadAsync(file, TestContext.Current.CancellationToken);
    }
}
