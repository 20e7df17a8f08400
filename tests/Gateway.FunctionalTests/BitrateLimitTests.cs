using System.Net;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>A bitrate limit shortens the ladder, and the renditions left out cannot be fetched by guessing their URLs either.</summary>
public sealed class BitrateLimitTests : IAsyncLifetime
{
    /// <summary>The demo's peaks are 663, 393 and 213 kbit/s in HLS, and 589, 319 and 138 in DASH.</summary>
    private const string Limit = """, "max_kbps": 450""";

    private readonly string _keys = Path.GetTempFileName();
    private GatewayWithStub _fixture = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_keys, KeySet);
        // The fake clock does not advance: the look-up of withheld renditions has no time limit here.
        _fixture = await GatewayWithStub.StartAsync(ManualTimeProvider.FromNow(), "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={_keys}");
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        File.Delete(_keys);
    }

    [Fact]
    public async Task Ladder_UnderALimit_IsShortenedForEveryHolderOfTheUrl()
    {
        using var cheap = WithToken(_fixture, "ada", Limit);
        using var dear = WithToken(_fixture, "bob", "");
        foreach (var (client, rungs) in new[] { (cheap, "v480 v360"), (dear, "v720 v480 v360"), (cheap, "v480 v360") })
        {
            var session = await CreateAsync(client, new { mediaId = "demo", prewarm = true });
            // A client that got the URL from another has the same limit: it stands in the ticket.
            foreach (var url in new[] { "hlsUrl", "dashUrl" })
            {
                var manifest = await _fixture.Client.GetStringAsync(session.GetProperty(url).GetString());
                Assert.Equal((url, rungs), (url, string.Join(' ', new[] { "v720", "v480", "v360" }.Where(v => manifest.Contains(v, StringComparison.Ordinal)))));
                Assert.Contains("a64", manifest, StringComparison.Ordinal);
            }
        }

        using var entry = await cheap.GetAsync("/play/demo/master.m3u8");
        Assert.DoesNotContain("v720", await entry.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var whole = await dear.GetAsync("/play/demo/master.m3u8");
        Assert.NotEqual(entry.Headers.ETag, whole.Headers.ETag);
    }

    [Theory]
    [InlineData("hlsUrl")]
    [InlineData("dashUrl")]
    [InlineData(null)]
    public async Task Rendition_AboveTheLimit_IsRefusedByItsUrlAndTheOthersPlay(string? loaded)
    {
        using var cheap = WithToken(_fixture, "ada", Limit);
        using var dear = WithToken(_fixture, "bob", "");
        var session = await CreateAsync(cheap, new { mediaId = "demo" });
        var master = session.GetProperty("hlsUrl").GetString()!;
        if (loaded is not null) await _fixture.Client.GetStringAsync(session.GetProperty(loaded).GetString());
        foreach (var hidden in new[] { "v720/seg_00001.m4s", "v720/seg_00016.m4s", "v720/seg_00002.m4s?x=1", "v%37%320/seg_00003.m4s", "v720/index.m3u8", "v720/index.m3u8?x=1", "v72%30/index.m3u8" })
        {
            using var refused = await _fixture.Client.GetAsync(master.Replace("master.m3u8", hidden, StringComparison.Ordinal));
            await ProblemAsync(refused, HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
            using var granted = await dear.GetAsync($"/play/demo/{hidden}");
            Assert.True(granted.IsSuccessStatusCode, hidden);
        }

        foreach (var shown in new[] { "v480/seg_00001.m4s", "v480/index.m3u8", "v360/index.m3u8", "v360/seg_00001.m4s", "v360/seg_00016.m4s", "a64/index.m3u8", "a64/seg_00001.m4s", "v480/init.mp4", "master.m3u8", "manifest.mpd" })
        {
            using var served = await _fixture.Client.GetAsync(master.Replace("master.m3u8", shown, StringComparison.Ordinal));
            Assert.True(served.IsSuccessStatusCode, $"{shown}: {(int)served.StatusCode}");
        }

        Assert.Contains("gateway_access_denied_total{reason=\"bitrate\"} 7", await _fixture.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v720%2Fseg_00001.m4s")]
    [InlineData("v720//seg_00001.m4s")]
    [InlineData("v720;x/seg_00001.m4s")]
    [InlineData("v720/seg_00001.m4s;x")]
    [InlineData("v720/seg_00001.m4s;%2Fx")]
    public async Task Rendition_AboveTheLimitInAnEquivalentSpelling_IsRefused(string hidden)
    {
        using var cheap = WithToken(_fixture, "ada", Limit);
        var session = await CreateAsync(cheap, new { mediaId = "demo" });
        var master = session.GetProperty("hlsUrl").GetString()!;
        using var refused = await _fixture.Client.GetAsync(master.Replace("master.m3u8", hidden, StringComparison.Ordinal));
        await ProblemAsync(refused, HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
    }

    [Theory]
    [InlineData("v720%2Fseg0.ts")]
    [InlineData("v720%2findex.m3u8")]
    [InlineData("v%37%32%30%2Findex.m3u8")]
    [InlineData("v720//index.m3u8")]
    [InlineData("v720//seg0.ts")]
    [InlineData("v720;x/index.m3u8")]
    [InlineData("v720;x/seg0.ts;y")]
    public async Task Rendition_AboveTheLimitFromANormalisingOrigin_IsRefused(string hidden)
    {
        await using var origin = await ScriptedOrigin.StartAsync();
        // Reads paths as nginx does, and as servers that know path parameters.
        origin.Answer = context => context.Response.WriteAsync(Regex.Replace(Uri.UnescapeDataString(context.Features.Get<IHttpRequestFeature>()!.RawTarget), ";[^/]*|/(?=/)", "", RegexOptions.None, TimeSpan.FromSeconds(1)) switch
        {
            "/t/master.m3u8" => "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=300000\nv480/index.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=5000000\nv720/index.m3u8\n",
            "/t/v480/index.m3u8" or "/t/v720/index.m3u8" => "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nseg0.ts\n#EXT-X-ENDLIST\n",
            _ => "bytes",
        });
        await using var fixture = await GatewayWithStub.StartAtAsync(
            origin.Address, "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={_keys}", "--Gateway:Prefetch:Segments=0", "--ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled=false");
        using var cheap = WithToken(fixture, "ada", Limit);
        var master = (await CreateAsync(cheap, new { mediaId = "t" })).GetProperty("hlsUrl").GetString()!;
        await fixture.Client.GetStringAsync(master);
        using var refused = await fixture.Client.GetAsync(master.Replace("master.m3u8", hidden, StringComparison.Ordinal));
        await ProblemAsync(refused, HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
        using var shown = await fixture.Client.GetAsync(master.Replace("master.m3u8", hidden.Replace("v720", "v480", StringComparison.Ordinal).Replace("v%37%32%30", "v480", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
    }

    [Theory]
    [InlineData("""<SegmentTemplate media="$RepresentationID$/$Time$.m4s" initialization="$RepresentationID$/i.mp4"><SegmentTimeline><S t="40" d="4" r="4"/></SegmentTimeline></SegmentTemplate>""")]
    [InlineData("""<SegmentTemplate media="$RepresentationID$/$Number$.m4s" initialization="$RepresentationID$/i.mp4" startNumber="0" duration="4"/>""")]
    public async Task Rendition_AboveTheLimitOfALiveMpd_IsRefusedOutsideTheWindowToo(string template)
    {
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => Path.GetExtension(context.Request.Path) == ".m3u8" ? Task.FromResult(context.Response.StatusCode = 404) : context.Response.WriteAsync(context.Request.Path != "/t/manifest.mpd" ? "bytes" : $"""
            <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" availabilityStartTime="2020-01-01T00:00:00Z" minimumUpdatePeriod="PT4S" timeShiftBufferDepth="PT20S" minBufferTime="PT4S">
            <Period id="1" start="PT0S"><AdaptationSet mimeType="video/mp4" codecs="avc1.4d401f">{template}
            <Representation id="low" bandwidth="300000"/><Representation id="high" bandwidth="5000000"/></AdaptationSet></Period></MPD>
            """);
        await using var fixture = await GatewayWithStub.StartAtAsync(
            origin.Address, "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={_keys}", "--Gateway:Prefetch:Segments=0", "--ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled=false");
        using var cheap = WithToken(fixture, "ada", Limit);
        var manifest = (await CreateAsync(cheap, new { mediaId = "t", protocol = "dash" })).GetProperty("dashUrl").GetString()!;
        Assert.DoesNotContain("high", await fixture.Client.GetStringAsync(manifest), StringComparison.Ordinal);
        foreach (var segment in new[] { "8.m4s", "44.m4s", "80.m4s" })
        {
            using var refused = await fixture.Client.GetAsync(manifest.Replace("manifest.mpd", "high/" + segment, StringComparison.Ordinal));
            await ProblemAsync(refused, HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
            using var shown = await fixture.Client.GetAsync(manifest.Replace("manifest.mpd", "low/" + segment, StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }
    }

    [Theory]
    [InlineData("v720/index.m3u8")]
    [InlineData("v720/seg_00001.m4s")]
    public async Task Play_OfARenditionAboveTheLimit_IsRefused(string hidden)
    {
        using var cheap = WithToken(_fixture, "ada", Limit);
        await ProblemAsync(await cheap.GetAsync($"/play/demo/{hidden}"), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
        using var shown = await cheap.GetAsync($"/play/demo/{hidden.Replace("v720", "v480", StringComparison.Ordinal)}");
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
    }

    [Fact]
    public async Task LowestRung_AboveTheLimit_Plays()
    {
        using var poor = WithToken(_fixture, "eve", """, "max_kbps": 10""");
        var viewer = await HlsViewer.StartAsync(poor, "/play/demo/master.m3u8");
        using var served = await _fixture.Client.GetAsync(viewer.Segments[0]);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Contains("v360", viewer.Segments[0].ToString(), StringComparison.Ordinal);
    }
}
