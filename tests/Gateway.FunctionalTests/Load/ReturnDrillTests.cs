using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Rollout;
using Gateway.Sessions.Registry;

namespace Gateway.FunctionalTests.Load;

/// <summary><c>load -- drill return</c> against a real gateway.</summary>
public sealed class ReturnDrillTests
{
    [Fact]
    public async Task Drill_AtStageFour_PassesBothWaysAndTakesTheWarningAway()
    {
        await using var stub = await GatewayWithStub.StartAsync();
        await using var fixture = await GatewayWithStub.StartAsync(
            "--Gateway:Rollout:Stage=4",
            $"--ReverseProxy:Clusters:provider:Destinations:a:Address={stub.StubUrl}",
            "--ReverseProxy:Clusters:provider:Metadata:Media=true",
            "--ReverseProxy:Clusters:provider:Metadata:Source=external");
        Assert.Contains("drillPassed", Assert.Single(await WarningsAsync(fixture)), StringComparison.Ordinal);
        var (code, told) = await DrillAsync(fixture, "--source", "provider=demo");
        Assert.True(code == 0, told);
        foreach (var line in new[] { "direct, library: playback starts", "direct, provider: playback starts", "segmented, provider: queue", "segmented: what played before the switch plays on", "direct: no storm of handoffs" })
        {
            Assert.Contains($"pass  {line}", told, StringComparison.Ordinal);
        }

        Assert.Empty(await WarningsAsync(fixture));
        Assert.Equal("staged", (await RolloutApi.ReadAsync(fixture.Client)).State.GetProperty("mode").GetString());
        Assert.Empty(fixture.Part<SessionRegistry>().All);
    }

    [Fact]
    public async Task Drill_WithoutTheFiles_FailsAndPutsTheModeBack()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Rollout:Stage=4", "--Gateway:Origin:Retries=0");
        await fixture.PutFaultsAsync(new { kind = "status", path = "/demo/direct.mp4", status = 404 });
        var (code, told) = await DrillAsync(fixture);
        Assert.Equal(2, code);
        Assert.Contains("FAIL  direct, library: ", told, StringComparison.Ordinal);
        Assert.Contains("pass  segmented, library: playback starts", told, StringComparison.Ordinal);
        Assert.Equal("staged", (await RolloutApi.ReadAsync(fixture.Client)).State.GetProperty("mode").GetString());
        Assert.Single(await WarningsAsync(fixture));
    }

    [Fact]
    public async Task Drill_WhereTheConfigurationFixesTheMode_ChecksWhatItGives()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--STREAMING_ENGINE_MODE=howler");
        var (code, told) = await DrillAsync(fixture);
        Assert.True(code == 0, told);
        Assert.Contains("skip  switch: the engine is switched: the configuration fixes the mode", told, StringComparison.Ordinal);
        Assert.DoesNotContain("segmented, library", told, StringComparison.Ordinal);
        Assert.True((await RolloutApi.ReadAsync(fixture.Client)).State.TryGetProperty("drillPassedAt", out _));
        Assert.Equal(1, (await ContractTests.RunAsync("drill", "return", "--target", fixture.Url.ToString(), "--admin-key", "another")).Code);
    }

    private static Task<(int Code, string Told)> DrillAsync(GatewayWithStub fixture, params string[] more) => ContractTests.RunAsync(
        ["drill", "return", "--target", fixture.Url.ToString(), "--admin-key", GatewayWithStub.OperatorKey, "--watch", "0.1", "--play", "1.2", .. more]);

    private static async Task<List<string>> WarningsAsync(GatewayWithStub fixture) =>
        [.. (await RolloutApi.ReadAsync(fixture.Client)).State.GetProperty("warnings").EnumerateArray().Select(static w => w.GetString()!)];
}
