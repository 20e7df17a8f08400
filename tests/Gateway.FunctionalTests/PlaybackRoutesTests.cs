using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>What the media routes answer whatever upstream says, and what they leave to an operator's own routes.</summary>
public sealed class PlaybackRoutesTests : IAsyncLifetime
{
    private const string Secret = "--Gateway:Origin:BearerKeys:origin=s3cret";
    private const string NoProbe = "--ReverseProxy:Clusters:origin:HealthCheck:Active:Enabled=false";

    private ScriptedOrigin _origin = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await ScriptedOrigin.StartAsync();
        _origin.Answer = context => context.Response.WriteAsync(context.Request.Path.Value!.EndsWith(".m3u8", StringComparison.Ordinal) ? "#EXTM3U\n#EXT-X-ENDLIST\n" : "bytes");
    }

    public async ValueTask DisposeAsync() => await _origin.DisposeAsync();

    [Theory]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("TRACE")]
    [InlineData("PURGE")]
    public async Task OtherMethod_Is405_AndUpstreamHearsNothing(string method)
    {
        await using var fixture = await GatewayWithStub.StartAtAsync(_origin.Address, Secret, NoProbe);
        var session = await CreateAsync(fixture.Client, new { mediaId = "t" });
        foreach (var path in new[] { "/play/t/x.mp4", session.GetProperty("hlsUrl").GetString()! })
        {
            using var answer = await SendAsync(fixture.Client, method, path);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
            Assert.Equal("GET, HEAD, OPTIONS", string.Join(", ", answer.Content.Headers.Allow));
        }

        Assert.All(_origin.Requests, r => Assert.True(r.Method is "GET" or "HEAD", r.Method));
    }

    [Fact]
    public async Task Options_TellsTheMethods_WithoutAskingUpstream()
    {
        await using var fixture = await GatewayWithStub.StartAtAsync(_origin.Address, NoProbe);
        using var answer = await SendAsync(fixture.Client, "OPTIONS", "/play/t/x.mp4");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("GET, HEAD, OPTIONS", string.Join(", ", answer.Content.Headers.Allow));
        Assert.Empty(_origin.Requests);
    }

    [Fact]
    public async Task MethodThatAClusterTakes_GoesUpWithinASession_WithoutTheGatewaysCredential()
    {
        await using var fixture = await GatewayWithStub.StartAtAsync(_origin.Address, Secret, NoProbe, "--ReverseProxy:Clusters:origin:Metadata:Media.Methods=POST");
        var session = await CreateAsync(fixture.Client, new { mediaId = "t" });
        var licence = session.GetProperty("hlsUrl").GetString()!.Replace("master.m3u8", "licence", StringComparison.Ordinal);
        using var taken = await SendAsync(fixture.Client, "POST", licence);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Null(Assert.Single(_origin.Requests, r => r.Method == "POST")["Authorization"]);
        Assert.Equal("sandbox", Assert.Single(taken.Headers.GetValues("Content-Security-Policy")));
        using var other = await SendAsync(fixture.Client, "PUT", licence);
        Assert.Equal("GET, HEAD, OPTIONS, POST", string.Join(", ", other.Content.Headers.Allow));
        using var outside = await SendAsync(fixture.Client, "POST", "/play/t/licence");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, outside.StatusCode);
    }

    [Theory]
    [InlineData("up.html", "text/html; charset=utf-8", "attachment")]
    [InlineData("up.xhtml", "application/xhtml+xml", "attachment")]
    [InlineData("up.svg", "image/svg+xml", "attachment")]
    [InlineData("up.vtt", "text/vtt", null)]
    [InlineData("up.jpg", "image/jpeg", null)]
    [InlineData("up.mp4", "video/mp4", null)]
    public async Task Answer_OfAnyType_RunsNothingHere(string name, string type, string? disposition)
    {
        _origin.Answer = context =>
        {
            context.Response.ContentType = type;
            foreach (var field in new[] { "Content-Security-Policy", "X-Content-Type-Options", "Clear-Site-Data", "Refresh", "Service-Worker-Allowed", "X-Accel-Redirect", "X-Accel-Expires", "X-Sendfile", "X-Session-Ticket" }) context.Response.Headers[field] = "upstreams";
            return context.Response.WriteAsync("<MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>");
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(_origin.Address, NoProbe);
        using var answer = await fixture.Client.GetAsync($"/play/{name}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("sandbox", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal(disposition, answer.Content.Headers.ContentDisposition?.ToString());
        foreach (var field in new[] { "Clear-Site-Data", "Refresh", "Service-Worker-Allowed", "X-Accel-Redirect", "X-Accel-Expires", "X-Sendfile", "X-Session-Ticket" }) Assert.False(answer.Headers.Contains(field), field);
    }

    [Fact]
    public async Task Refusal_OnMediaRoutes_CarriesTheSafetyHeadersToo()
    {
        _origin.Answer = ScriptedOrigin.Status(404);
        await using var fixture = await GatewayWithStub.StartAtAsync(_origin.Address, NoProbe);
        foreach (var path in new[] { "/play/x", "/play/x.m3u8", "/play/a/../b", "/api/v1/playback/none/origin/x" })
        {
            using var answer = await fixture.Client.GetAsync(path);
            Assert.False(answer.IsSuccessStatusCode);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("sandbox", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        }
    }

    [Theory]
    [InlineData(401, "STREAMING_ASSET_UNAUTHORIZED")]
    [InlineData(403, "STREAMING_ASSET_FORBIDDEN")]
    [InlineData(404, "STREAMING_ASSET_NOT_FOUND")]
    [InlineData(405, "STREAMING_ASSET_METHOD_NOT_ALLOWED")]
    [InlineData(410, "STREAMING_ASSET_GONE")]
    [InlineData(451, "STREAMING_ASSET_WITHHELD")]
    public async Task OriginStatus_AboutOneResource_ReachesThePlayer(int status, string code)
    {
        _origin.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"inside\"";
            context.Response.Headers.Allow = "GET, BREW";
            return context.Response.WriteAsync("upstream's own body");
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(_origin.Address, NoProbe);
        foreach (var path in new[] { "/play/x.m3u8", "/play/x.ts" })
        {
            using var answer = await fixture.Client.GetAsync(path);
            await ProblemAsync(answer, (HttpStatusCode)status, code);
            Assert.Empty(answer.Headers.WwwAuthenticate);
            Assert.Equal(status == 405 ? "GET, BREW" : "", string.Join(", ", answer.Content.Headers.Allow));
        }
    }

    [Fact]
    public async Task Create_TitleWithForbiddenManifests_IsOpenedByTheFormThatIsThere()
    {
        _origin.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Path.Value!.EndsWith(".mp4", StringComparison.Ordinal) ? 200 : 403;
            return Task.CompletedTask;
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(_origin.Address, NoProbe);
        await CreateAsync(fixture.Client, new { mediaId = "t" });
        _origin.Answer = ScriptedOrigin.Status(403);
        await ProblemAsync(await PostAsync(fixture.Client, Root, """{"mediaId":"other"}"""), HttpStatusCode.Forbidden, "STREAMING_ASSET_FORBIDDEN");
    }

    [Fact]
    public async Task Playback_ClusterOfAnOperatorsRoute_IsNoMediaUpstream()
    {
        await using var shop = await ScriptedOrigin.StartAsync();
        await using var cdn = await ScriptedOrigin.StartAsync();
        _origin.Answer = context =>
        {
            if (context.Request.Path == "/away.ts") context.Response.Redirect(shop.Address + "orders.json");
            if (context.Request.Path == "/near.ts") context.Response.Redirect(cdn.Address + "seg.ts");
            return context.Request.Path.Value!.EndsWith(".m3u8", StringComparison.Ordinal)
                ? context.Response.WriteAsync($"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{shop.Address}orders.json\n#EXTINF:4,\n{cdn.Address}seg.ts\n#EXT-X-ENDLIST\n")
                : Task.CompletedTask;
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(
            _origin.Address, NoProbe, "--Gateway:Prefetch:Segments=0",
            $"--ReverseProxy:Clusters:shop:Destinations:a:Address={shop.Address}",
            $"--ReverseProxy:Clusters:cdn:Destinations:a:Address={cdn.Address}",
            "--ReverseProxy:Clusters:cdn:Metadata:Media=true",
            "--ReverseProxy:Clusters:cdn:HealthCheck:Active:Enabled=false");
        var playlist = await fixture.Client.GetStringAsync("/play/user.m3u8");
        Assert.Contains(shop.Address + "orders.json", playlist, StringComparison.Ordinal);
        Assert.Contains("/cdn/seg.ts", playlist, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadGateway, (await fixture.Client.GetAsync("/play/away.ts")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync("/play/near.ts")).StatusCode);
        Assert.Empty(shop.Requests);
    }

    [Fact]
    public async Task OperatorsRoute_BesideTheGatewaysOwn_IsUntouched()
    {
        _origin.Answer = context =>
        {
            context.Response.StatusCode = 404;
            context.Response.Headers.AccessControlAllowOrigin = "https://shop.example";
            return Task.CompletedTask;
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(
            _origin.Address, NoProbe,
            "--ReverseProxy:Routes:api:ClusterId=origin", "--ReverseProxy:Routes:api:Match:Path=/api/{**rest}",
            "--ReverseProxy:Routes:stream:ClusterId=origin", "--ReverseProxy:Routes:stream:Match:Path=/stream/{**rest}");
        foreach (var path in new[] { "/api/orders", "/stream/mine/1" })
        {
            using var answer = await fixture.Client.GetAsync(path);
            Assert.Equal("https://shop.example", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.False(answer.Headers.Contains("Access-Control-Expose-Headers"));
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
            using var preflight = new HttpRequestMessage(HttpMethod.Options, path);
            preflight.Headers.Add("Origin", "https://shop.example");
            preflight.Headers.Add("Access-Control-Request-Method", "PUT");
            using var asked = await fixture.Client.SendAsync(preflight);
            Assert.Equal(HttpStatusCode.NotFound, asked.StatusCode);
        }

        Assert.Equal(4, _origin.Requests.Count);
    }

    [Fact]
    public async Task Hsts_OwnTls_IsSent()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=tv.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await using var fixture = await GatewayWithStub.StartAsync(builder => builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))));
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString() } });
        using var request = new HttpRequestMessage(HttpMethod.Get, fixture.Url);
        request.Headers.Host = "tv.example";
        using var answer = await client.SendAsync(request);
        Assert.Contains("max-age=", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path) =>
        client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
}
