using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;
using Gateway.Sessions.Registry;

namespace Gateway.FunctionalTests;

/// <summary>A gateway that drains sends its players to the others, by documents that they ask for while they play.</summary>
public sealed partial class SteeringTests
{
    private const string Own = "edge-1.test";

    [Fact]
    public async Task Players_OfAGatewayThatDrains_AreToldToGo()
    {
        await using var host = await GatewayWithStub.StartAsync(
            "--Gateway:Steering:Self=one", $"--Gateway:Steering:Pathways:one=http://{Own}", "--Gateway:Steering:Pathways:two=http://edge-2.test");
        var playlist = await GetAsync(host, "/play/demo/master.m3u8", Own);
        var server = new Uri(Server().Match(playlist).Groups["url"].Value);
        Assert.Equal(Own, server.Authority);
        Assert.Equal([".", "two"], Priority(await GetAsync(host, server.PathAndQuery, Own)));

        var mpd = await GetAsync(host, "/play/demo/manifest.mpd", Own);
        Assert.Contains("<BaseURL serviceLocation=\"one\">http://edge-1.test/api/v1/playback/", mpd, StringComparison.Ordinal);
        Assert.Contains("<BaseURL serviceLocation=\"two\">http://edge-2.test/api/v1/playback/", mpd, StringComparison.Ordinal);
        Assert.Contains("<ContentSteering defaultServiceLocation=\"one\"", mpd, StringComparison.Ordinal);

        // Behind a balancer, which moves requests by itself, nobody is steered.
        Assert.DoesNotContain("STEERING", await GetAsync(host, "/play/demo/master.m3u8", "tv.test"), StringComparison.Ordinal);

        host.Part<Drain>().Set(true);
        var moved = await GetAsync(host, server.PathAndQuery, Own);
        Assert.Equal(["two", "."], Priority(moved));
        Assert.StartsWith("http://edge-2.test/", JsonSerializer.Deserialize<JsonElement>(moved).GetProperty("RELOAD-URI").GetString(), StringComparison.Ordinal);

        // What plays goes on meanwhile, each request on a connection of its own.
        using var request = new HttpRequestMessage(HttpMethod.Get, Variant().Match(playlist).Value);
        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.True(answer.Headers.ConnectionClose);
    }

    private static async Task<string> GetAsync(GatewayWithStub host, string path, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = name;
        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static string[] Priority(string document) => [.. JsonSerializer.Deserialize<JsonElement>(document).GetProperty("PATHWAY-PRIORITY").EnumerateArray().Select(p => p.GetString()!)];

    [GeneratedRegex("#EXT-X-CONTENT-STEERING:SERVER-URI=\"(?<url>[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Server();

    [GeneratedRegex("^/api/v1/playback/.*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Variant();
}
