using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>What a cache in front of the gateway may keep: nothing that took more than its URL.</summary>
public sealed class OuterCacheTests : IAsyncLifetime
{
    private readonly string _keys = Path.GetTempFileName();
    private ScriptedOrigin _origin = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_keys, KeySet);
        _origin = await ScriptedOrigin.StartAsync();
        _origin.Answer = context =>
        {
            if (context.Request.Path.Value!.EndsWith(".m3u8", StringComparison.Ordinal))
                return context.Response.WriteAsync("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\nsigned.ts?hdnts=exp=1~hmac=2&access_token=theirs\n#EXT-X-ENDLIST\n");
            if (context.Request.Query.ContainsKey("spoken"))
            {
                context.Response.Headers.CacheControl = "public, max-age=60, s-maxage=90, must-revalidate";
                context.Response.Headers["CDN-Cache-Control"] = "max-age=600";
                context.Response.Headers["Surrogate-Control"] = "max-age=600";
            }

            return context.Response.WriteAsync("bytes");
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        File.Delete(_keys);
    }

    [Fact]
    public async Task CacheControl_ResponseThatNeededACredential_IsPrivate()
    {
        await using var fixture = await StartAsync("None");
        using var viewer = WithToken(fixture, "ada", "");
        Assert.Equal("private, max-age=3600", await CacheControlAsync(viewer, "/play/t/x.mp4"));
        using var spoken = await viewer.GetAsync("/play/t/y.mp4?spoken");
        Assert.Equal("private, max-age=60, must-revalidate", string.Join(", ", spoken.Headers.NonValidated["Cache-Control"]));
        Assert.False(spoken.Headers.Contains("CDN-Cache-Control") || spoken.Headers.Contains("Surrogate-Control"));
        var segment = (await HlsViewer.StartAsync(viewer, "/play/t/media.m3u8")).Segments.Count;
        Assert.Equal(1, segment);
        var (line, key) = await ReferencesAsync(viewer);
        Assert.Equal("public, max-age=3600", await CacheControlAsync(fixture.Client, line));
        Assert.Equal("no-store", await CacheControlAsync(fixture.Client, key));
        // The token of the manifest is upstream's own: it goes up as it was written.
        Assert.Contains(_origin.Requests, r => r.Target == "/t/signed.ts?hdnts=exp=1~hmac=2&access_token=theirs");
        // The viewer's, which its player adds to every URL, does not.
        await CacheControlAsync(fixture.Client, $"{line}&access_token={viewer.DefaultRequestHeaders.Authorization!.Parameter}");
        Assert.Single(_origin.Requests, r => r.Target.StartsWith("/t/signed.ts", StringComparison.Ordinal) && r.Method == "GET");
        Assert.DoesNotContain(_origin.Requests, r => r.Target.Contains("eyJ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CacheControl_TicketBoundToADevice_IsPrivate()
    {
        await using var fixture = await StartAsync("Device");
        using var viewer = WithToken(fixture, "ada", "");
        var (line, _) = await ReferencesAsync(viewer);
        Assert.Equal("private, max-age=3600", await CacheControlAsync(viewer, line));
    }

    [Fact]
    public async Task CacheControl_OpenMode_IsPublic()
    {
        await using var fixture = await GatewayWithStub.StartAtAsync(_origin.Address);
        Assert.Equal("public, max-age=3600", await CacheControlAsync(fixture.Client, "/play/t/x.mp4"));
    }

    private static async Task<(string Segment, string Key)> ReferencesAsync(HttpClient viewer)
    {
        var lines = (await viewer.GetStringAsync("/play/t/media.m3u8")).Split('\n');
        var key = lines.Single(l => l.StartsWith("#EXT-X-KEY", StringComparison.Ordinal)).Split('"')[1];
        return (lines.Single(l => l.StartsWith('/')), new Uri(viewer.BaseAddress!, key).PathAndQuery);
    }

    private static async Task<string> CacheControlAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode}");
        return string.Join(", ", answer.Headers.NonValidated["Cache-Control"]);
    }

    private Task<GatewayWithStub> StartAsync(string binding) => GatewayWithStub.StartAtAsync(
        _origin.Address, "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={_keys}", $"--Gateway:Access:TicketBinding={binding}", "--ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled=false");
}
