using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using Gateway.Load.Links;
using Gateway.Testing;

namespace Gateway.FunctionalTests;

/// <summary>The rendition <c>auto</c>: a player that adapts nothing gets the rung that its line carries, segment by segment, and decodes all of it.</summary>
public sealed partial class AutoRenditionTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    [Theory]
    [InlineData("master.m3u8")]
    [InlineData("manifest.mpd")]
    public async Task Ffmpeg_OnALineThatHalves_GetsSeveralRungsAndDecodesThem(string manifest)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        await using var gateway = await GatewayWithStub.StartAtAsync($"{host.Url}/");
        var trace = new RateTrace("halves", [(0, 4000), (4, 700), (600, 0)]);
        var link = new RealTimeBottleneck(new LinkOptions { Trace = trace, RoundTrip = TimeSpan.FromMilliseconds(40) }, TimeProvider.System, TimeSpan.FromMilliseconds(5));
        await using var line = new ShapedProxy(new IPEndPoint(IPAddress.Loopback, gateway.Url.Port), link, TimeProvider.System);

        var frames = await FramesAsync(new Uri($"http://127.0.0.1:{line.Port}/play/jit/tall.mp4/cmaf/{manifest}?rendition=auto"));

        var rungs = await RungsServedAsync(host);
        Assert.True(rungs.Length > 1, $"Only {string.Join(", ", rungs)} was served.");
        Assert.Equal(await FramesAsync(new Uri($"{host.Url}/jit/tall.mp4/cmaf/{manifest}")), frames);
    }

    [Fact]
    public async Task Segment_AskedTwice_IsTheSameAndBelongsToTheSession()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        await using var gateway = await GatewayWithStub.StartAtAsync($"{host.Url}/");
        var master = await gateway.Client.GetStringAsync("/play/jit/tall.mp4/cmaf/master.m3u8?rendition=auto");
        Assert.Single(Variant().Matches(master));
        var playlist = VariantAddress().Match(master).Groups[1].Value;
        await gateway.Client.GetStringAsync(playlist);
        var segment = playlist.Replace("index.m3u8", "seg_00001.m4s", StringComparison.Ordinal);

        using var first = await gateway.Client.GetAsync(segment);
        using var again = new HttpRequestMessage(HttpMethod.Get, segment);
        again.Headers.Range = new(100, null);
        using var second = await gateway.Client.SendAsync(again);

        Assert.Equal("no-store, private", first.Headers.CacheControl!.ToString());
        Assert.Null(first.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());

        // Before anything is known of the line it is the lowest, and that object lies under its own URL.
        var ladder = await gateway.Client.GetStringAsync("/play/jit/tall.mp4/cmaf/master.m3u8");
        Assert.True(Variant().Count(ladder) > 1);
        var lowest = VariantAddress().Matches(ladder)[^1].Groups[1].Value;
        Assert.DoesNotContain(lowest[..40], master, StringComparison.Ordinal);
        using var own = await gateway.Client.GetAsync(lowest.Replace("index.m3u8", "seg_00001.m4s", StringComparison.Ordinal));
        Assert.Contains("hit", own.Headers.GetValues("Cache-Status").Single(), StringComparison.Ordinal);
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await own.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/play/demo/master.m3u8?rendition=auto", "parameter sets")]
    [InlineData("/play/demo/manifest.mpd?rendition=auto", "parameter sets")]
    public async Task Title_WhoseSegmentsNeedTheirOwnInit_IsRefusedClearly(string url, string why)
    {
        await using var gateway = await GatewayWithStub.StartAsync();

        using var answer = await gateway.Client.GetAsync(url);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("STREAMING_RENDITION_UNAVAILABLE", problem.GetProperty("code").GetString());
        Assert.Contains(why, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Title_OfMpegTs_PlaysAsAuto()
    {
        await using var gateway = await GatewayWithStub.StartAsync();
        var master = await gateway.Client.GetStringAsync("/play/demo-ts/master.m3u8?rendition=auto");
        Assert.Single(Variant().Matches(master));
    }

    /// <summary>hls.js sizes its buffer by it; of native players Apple's compares segments with it.</summary>
    [Fact]
    public async Task Bitrate_OfAuto_IsTheLowestForBrowsersAndTheHighestForNativePlayers()
    {
        await using var gateway = await GatewayWithStub.StartAsync();
        var all = Bitrate().Matches(await gateway.Client.GetStringAsync("/play/demo-ts/master.m3u8")).Select(m => int.Parse(m.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        using var browser = gateway.NewClient("Mozilla/5.0 (X11; Linux x86_64) Chrome/143.0");
        using var apple = gateway.NewClient("AppleCoreMedia/1.0.0.21E219 (iPhone)");
        foreach (var (client, expected) in new[] { (browser, all.Min()), (apple, all.Max()) })
        {
            var master = await client.GetStringAsync("/play/demo-ts/master.m3u8?rendition=auto");
            Assert.Equal(expected.ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(Bitrate().Matches(master)).Groups[1].Value);
        }
    }

    [Fact]
    public async Task PlayersByClass_GetAutoWithoutAsking_AndTheLadderWhereItIsNotPossible()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        await using var gateway = await GatewayWithStub.StartAtAsync($"{host.Url}/", "--Gateway:Adaptation:AutoPlayers=no-adaptation");
        using var vlc = gateway.NewClient("VLC/3.0.21 LibVLC/3.0.21");
        Assert.Single(Variant().Matches(await vlc.GetStringAsync("/play/jit/tall.mp4/cmaf/master.m3u8")));
        Assert.True(Variant().Count(await vlc.GetStringAsync("/play/demo/master.m3u8")) > 1);
        Assert.True(Variant().Count(await gateway.Client.GetStringAsync("/play/jit/tall.mp4/cmaf/master.m3u8")) > 1);
    }

    private static async Task<string[]> RungsServedAsync(JustInTimeHost host)
    {
        var requests = await host.Client.GetStringAsync("/_stub/requests");
        return [.. Rung().Matches(requests).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>How many frames ffmpeg decodes of the picture, and that it has nothing to complain of.</summary>
    private static async Task<int> FramesAsync(Uri url)
    {
        var said = await Ffmpeg.RunAsync("-i", url.AbsoluteUri, "-map", "0:v:0", "-f", "framecrc", "-");
        return said.Split('\n').Count(l => l.StartsWith("0,", StringComparison.Ordinal));
    }

    [GeneratedRegex("/(v[0-9]+)/seg_")]
    private static partial Regex Rung();

    [GeneratedRegex("[:,]BANDWIDTH=([0-9]+)")]
    private static partial Regex Bitrate();

    [GeneratedRegex("#EXT-X-STREAM-INF")]
    private static partial Regex Variant();

    [GeneratedRegex("#EXT-X-STREAM-INF[^\n]*\n(\\S+)")]
    private static partial Regex VariantAddress();
}
