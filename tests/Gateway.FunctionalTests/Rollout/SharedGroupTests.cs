using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Rollout;

/// <summary>A shared-listening group with members on two gateways, which PostgreSQL joins.</summary>
public sealed class SharedGroupTests
{
    [Fact]
    public async Task Group_WithMembersOnTwoGateways_FollowsOneLeader()
    {
        await using var nodes = await TwoNodes.StartAsync();
        var stop = TestContext.Current.CancellationToken;
        var leader = await JoinAsync(nodes.A.Client);
        var member = await JoinAsync(nodes.B.Client);
        using var stream = await nodes.B.Client.GetAsync($"{ControlPlane.Root}/{member}/group", HttpCompletionOption.ResponseHeadersRead, stop);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(stop));

        // The listener may begin a moment after the gateway: the leader's page beats on, as pages do.
        using var beating = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var position = 40.0;
        var beats = BeatAsync();
        var state = await NextAsync();
        Assert.Equal(("demo", true, false), (state.GetProperty("mediaId").GetString(), state.GetProperty("isPlaying").GetBoolean(), state.GetProperty("leads").GetBoolean()));
        Assert.True(state.GetProperty("positionSec").GetDouble() >= 40);
        Assert.InRange(state.GetProperty("ageMs").GetDouble(), 0, 10_000);

        // A member does not take the lead by beating on its own gateway.
        using var beat = await nodes.B.Client.PostAsJsonAsync($"{ControlPlane.Root}/{member}/heartbeat", new { positionSec = 1.0, isPlaying = false, bufferedUntilSec = 2.0 }, stop);
        Assert.True(beat.IsSuccessStatusCode);
        position = 70;
        while ((state = await NextAsync()).GetProperty("positionSec").GetDouble() < 70) Assert.False(state.GetProperty("leads").GetBoolean());
        await beating.CancelAsync();
        await beats;

        async Task BeatAsync()
        {
            try
            {
                while (true)
                {
                    (await nodes.A.Client.PostAsJsonAsync($"{ControlPlane.Root}/{leader}/heartbeat", new { positionSec = position, isPlaying = true, bufferedUntilSec = position + 5 }, beating.Token)).Dispose();
                    await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, beating.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }

        async Task<JsonElement> NextAsync()
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(Patience.Deadline);
            while (await lines.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonDocument.Parse(line[6..]).RootElement;
            }

            throw new InvalidOperationException("The stream has ended.");
        }
    }

    private static async Task<string?> JoinAsync(HttpClient client) =>
        (await ControlPlane.CreateAsync(client, new { mediaId = "demo", groupId = "us" })).GetProperty("sessionId").GetString();
}
