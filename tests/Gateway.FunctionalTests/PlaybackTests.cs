using System.Net;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>The main job over plain HTTP: what a player gets, from where, and with which headers.</summary>
public sealed partial class PlaybackTests
{
    [Fact]
    public async Task Hls_FirstViewerThenSecond_SourcesAreOriginBufferCache()
    {
        await using var house = await GatewayWithStub.StartAsync();
        var segments = await SegmentsAsync(house, house.Client);

        Assert.Equal("origin", await SourceAsync(house.Client, segments[0]));
        for (var i = 1; i <= 3; i++) Assert.Equal("buffer", await SourceAsync(house.Client, segments[i]));

        using var second = house.NewClient("second-viewer");
        var again = await SegmentsAsync(house, second);
        Assert.NotEqual(segments[0], again[0]);
        for (var i = 0; i <= 3; i++) Assert.Equal("cache", await SourceAsync(second, again[i]));
    }

    [GeneratedRegex("^[^#\\s].*$", RegexOptions.Multiline)]
    private static partial Regex UriLine();

    private static async Task<string> SourceAsync(HttpClient client, Uri url)
    {
        using var answer = await client.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync());
        return answer.Headers.GetValues("X-Served-From").Single();
    }

    private static async Task<Uri[]> SegmentsAsync(GatewayWithStub house, HttpClient client)
    {
        var master = new Uri(house.Url, "/play/demo/master.m3u8");
        var variant = new Uri(master, UriLine().Match(await client.GetStringAsync(master)).Value.Trim());
        var playlist = await client.GetStringAsync(variant);
        return [.. UriLine().Matches(playlist).Select(m => new Uri(variant, m.Value.Trim()))];
    }
}
