using System.Net;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>Which paths the tickets of a session open, by its credential and by what its manifests name.</summary>
public sealed partial class TicketScopeTests : IAsyncLifetime
{
    private const string Mpd = """
        <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT8S" minBufferTime="PT2S" profiles="urn:mpeg:dash:profile:isoff-live:2011">
          <Period><AdaptationSet mimeType="video/mp4">
            <SegmentTemplate media="/media/$RepresentationID$/$Number$.m4s" initialization="../init/$RepresentationID$/i.mp4" index="one/$RepresentationID$/x.sidx" duration="4" startNumber="1"/>
            <Representation id="v1" bandwidth="1000"/>
          </AdaptationSet></Period>
        </MPD>
        """;

    private readonly string _keys = Path.GetTempFileName();
    private ScriptedOrigin _origin = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_keys, KeySet);
        _origin = await ScriptedOrigin.StartAsync();
        _origin.Answer = context => context.Response.WriteAsync(context.Request.Path.Value switch
        {
            "/promo.m3u8" => Playlist("promo0.ts", "clips/promo1.ts"),
            "/b/pl/up/mine.m3u8" => Playlist("/films/premium/seg0.ts", "/x.ts", "own/0.ts"),
            "/films/one/master.m3u8" => "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv1/media.m3u8\n",
            "/films/one/v1/media.m3u8" => Playlist("0.ts", "a//b.ts", "//x//y.ts"),
            "/films/one/manifest.mpd" or "/films/one.mpd" => Mpd,
            var path => $"bytes of {path}",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        File.Delete(_keys);
    }

    [Fact]
    public async Task ClaimForOneManifest_PlaysWhatItNames_AndOpensNothingBelowOrBeside()
    {
        await using var fixture = await StartAsync();
        using var viewer = WithToken(fixture, "ada", """, "media":["promo.m3u8"]""");
        var named = UrisOf(await viewer.GetStringAsync("/play/promo.m3u8"));
        foreach (var uri in named) await OpensAsync(fixture, uri);
        foreach (var uri in named)
        {
            var before = Before().Match(uri).Value;
            await RefusesAsync(fixture, before + "films/premium/seg0.ts");
            await RefusesAsync(fixture, before + "films%2Fpremium%2Fseg0.ts");
            await RefusesAsync(fixture, before + "clips/deeper/x.ts");
        }

        // By its own ticket, the session's, the manifest and nothing else.
        using var session = await viewer.GetAsync("/play/promo.m3u8");
        Assert.Equal(HttpStatusCode.OK, session.StatusCode);
    }

    [Fact]
    public async Task PlaylistThatAUserMayWrite_OpensWhatItNames_NotTheOrigin()
    {
        await using var fixture = await StartAsync();
        using var viewer = WithToken(fixture, "ada", """, "media":["b/pl/up/**"]""");
        var named = UrisOf(await viewer.GetStringAsync("/play/b/pl/up/mine.m3u8"));
        Assert.Equal(3, named.Length);
        foreach (var uri in named)
        {
            var before = Before().Match(uri).Value;
            await RefusesAsync(fixture, before + "films/premium/uhd/seg0.ts");
            await RefusesAsync(fixture, before + "films/other/seg0.ts");
            await RefusesAsync(fixture, before + "keys/all.key");
        }

        await OpensAsync(fixture, Before().Match(named[2]).Value + "b/pl/up/own/deeper/1.ts");
    }

    [Fact]
    public async Task GrantedPathsOnly_WhatAManifestNamesElsewhere_StaysShut()
    {
        await using var fixture = await StartAsync("--Gateway:Access:GrantedPathsOnly=true");
        using var viewer = WithToken(fixture, "ada", """, "media":["b/pl/up/**", "x.*"]""");
        var named = UrisOf(await viewer.GetStringAsync("/play/b/pl/up/mine.m3u8"));
        await RefusesAsync(fixture, named[0]);
        await OpensAsync(fixture, named[1]);
        await OpensAsync(fixture, named[2]);
        await RefusesAsync(fixture, Before().Match(named[1]).Value + "promo.m3u8");
        Assert.DoesNotContain(_origin.Requests, r => r.Target.Contains("premium", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Path_EmptySegments_ReachTheOriginAsTheyAre()
    {
        await using var fixture = await StartAsync();
        using var viewer = WithToken(fixture, "ada", """, "media":["films/**"]""");
        var hls = await HlsViewer.StartAsync(viewer, "/play/films/one/master.m3u8");
        foreach (var segment in hls.Segments.Take(2)) await OpensAsync(fixture, segment.AbsolutePath);
        Assert.Contains(_origin.Requests, r => r.Target == "/films/one/v1/a//b.ts");
        await OpensAsync(viewer, "/play/films//one///x.ts");
        Assert.Contains(_origin.Requests, r => r.Target == "/films//one///x.ts");
        await RefusesAsync(viewer, "/play//films/one/x.ts");
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "media":["films/one/**"]""")]
    public async Task Ticket_TemplateWithAVariableInAFolderElsewhere_IsOpened(string claim)
    {
        await using var fixture = await StartAsync();
        using var viewer = WithToken(fixture, "ada", claim);
        var mpd = await viewer.GetStringAsync("/play/films/one/manifest.mpd");
        var media = Regex.Match(mpd, "media=\"([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        await OpensAsync(fixture, media.Replace("$RepresentationID$", "v1", StringComparison.Ordinal).Replace("$Number$", "1", StringComparison.Ordinal));
        Assert.Contains(_origin.Requests, r => r.Target == "/media/v1/1.m4s");
        if (claim.Length > 0) await RefusesAsync(fixture, media.Replace("$RepresentationID$/$Number$", "v1/deeper/1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ClaimForOneMpd_PlaysItsTemplates_AndOpensNothingBesideThem()
    {
        await using var fixture = await StartAsync();
        using var viewer = WithToken(fixture, "ada", """, "media":["films/one.mpd"]""");
        var mpd = await viewer.GetStringAsync("/play/films/one.mpd");
        foreach (var (attribute, asked) in new[] { ("media", "/media/v1/1.m4s"), ("initialization", "/init/v1/i.mp4"), ("index", "/films/one/v1/x.sidx") })
        {
            var template = Regex.Match(mpd, $"{attribute}=\"([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
            await OpensAsync(fixture, template.Replace("$RepresentationID$", "v1", StringComparison.Ordinal).Replace("$Number$", "1", StringComparison.Ordinal));
            Assert.Contains(_origin.Requests, r => r.Target == asked);
            await RefusesAsync(fixture, Before().Match(template).Value + "films/two/v1/1.m4s");
            await RefusesAsync(fixture, Before().Match(template).Value + "films/two.mpd");
        }
    }

    private static string Playlist(params string[] segments) =>
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + string.Concat(segments.Select(s => $"#EXTINF:4,\n{s}\n")) + "#EXT-X-ENDLIST\n";

    private static string[] UrisOf(string playlist) => [.. playlist.Split('\n').Where(l => l.StartsWith('/'))];

    private Task<GatewayWithStub> StartAsync(string knob = "--Gateway:Access:GrantedPathsOnly=false") => GatewayWithStub.StartAtAsync(
        _origin.Address, knob, "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={_keys}", "--Gateway:Prefetch:Segments=0", "--ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled=false");

    private static Task OpensAsync(GatewayWithStub fixture, string uri) => OpensAsync(fixture.Client, uri);

    private static async Task OpensAsync(HttpClient client, string uri)
    {
        using var answer = await client.GetAsync(uri);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{uri}: {(int)answer.StatusCode}");
    }

    private static Task RefusesAsync(GatewayWithStub fixture, string uri) => RefusesAsync(fixture.Client, uri);

    private static async Task RefusesAsync(HttpClient client, string uri)
    {
        using var answer = await client.GetAsync(uri);
        Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{uri}: {(int)answer.StatusCode}");
    }

    [GeneratedRegex("^/api/v1/playback/[^/]+/origin/")]
    private static partial Regex Before();
}
