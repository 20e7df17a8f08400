using System.Net;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Rollout;

/// <summary>The whole file stays open to a session in every mode and every stage: it is what players fall back to.</summary>
public sealed class DirectPlayTests
{
    [Fact]
    public async Task File_WholeAndByRange_PassesInEveryModeAndStage()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var whole = await fixture.Client.GetByteArrayAsync(new Uri(fixture.StubUrl, "/demo/direct.mp4"));
        foreach (var mode in new[] { "staged", "direct", "segmented" })
        {
            for (var stage = 0; stage <= 4; stage++)
            {
                await RolloutApi.ChangeAsync(fixture.Client, stage == 1 ? new { mode, stage, contractPassed = true } : (object)new { mode, stage, @override = true });
                var url = (await ControlPlane.CreateAsync(fixture.Client, new { mediaId = "demo" })).GetProperty("directUrl").GetString();
                using var range = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new(1000, 1099) } };
                using var part = await fixture.Client.SendAsync(range);
                Assert.Equal((mode, stage, HttpStatusCode.PartialContent), (mode, stage, part.StatusCode));
                Assert.Equal(whole.AsSpan(1000, 100).ToArray(), await part.Content.ReadAsByteArrayAsync());
                Assert.Equal(whole, await fixture.Client.GetByteArrayAsync(url));
            }
        }
    }
}
