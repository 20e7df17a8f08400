using System.Net;
using System.Text;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Origin;

public sealed class OriginForwardTests
{
    [Fact]
    public async Task Forward_Post_GoesThroughWithoutCredentialsAndComesBackWithoutCookies()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(async c =>
        {
            using var reader = new StreamReader(c.Request.Body);
            c.Response.StatusCode = 201;
            c.Response.Headers.SetCookie = "a=b";
            c.Response.Headers.Location = $"http://{c.Request.Host}/made/1?x=%2f";
            await c.Response.WriteAsync("got " + await reader.ReadToEndAsync());
        });
        await using var network = await OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, network.Address + "/forward/T/licence%2Fkey?ours=1") { Content = new StringContent("body") };
        request.Headers.Add("Authorization", "Bearer client");
        request.Headers.Add("Cookie", "c=d");
        request.Headers.Add("CMCD-Session", "sid=1");
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-HTTP-Method-Override", "DELETE");
        request.Headers.Add("X-Original-URL", "/elsewhere");
        request.Headers.Add("X-Custom", "kept");
        using var response = await client.SendAsync(request, network.Patience);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("got body", await response.Content.ReadAsStringAsync(network.Patience));
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Equal("/forward/T/made/1?x=%2f", response.Headers.Location?.OriginalString);
        var asked = Assert.Single(upstream.Requests);
        Assert.Equal("/licence%2Fkey?theirs=~", asked.Target);
        Assert.Equal("kept", asked.Headers["X-Custom"]);
        Assert.Equal($"127.0.0.1:{upstream.Port}", asked.Headers["Host"]);
        foreach (var name in new[] { "Authorization", "Cookie", "CMCD-Session", "X-Forwarded-For", "X-HTTP-Method-Override", "X-Original-URL" }) Assert.DoesNotContain(name, asked.Headers.Keys);
    }

    [Fact]
    public async Task Forward_DeadOrigin_Is502WithACode()
    {
        using var dead = new DeadPort();
        await using var network = await OpenAsync(UpstreamNetwork.Cluster("origin", dead.Address));
        await AssertProblemAsync(network, HttpStatusCode.BadGateway, "STREAMING_ORIGIN_UNREACHABLE");
    }

    [Fact]
    public async Task Forward_SilentOrigin_Is504WithACode()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(FaultyOrigin.HangAsync);
        await using var network = await OpenAsync([.. UpstreamNetwork.Cluster("origin", upstream.Address), ("Gateway:Origin:ForwardTimeout", "00:00:00.100")]);
        await AssertProblemAsync(network, HttpStatusCode.GatewayTimeout, "STREAMING_ORIGIN_TIMEOUT");
    }

    [Fact]
    public async Task Forward_NoCluster_Is503WithACode()
    {
        await using var network = await OpenAsync();
        await AssertProblemAsync(network, HttpStatusCode.ServiceUnavailable, "STREAMING_ORIGIN_UNAVAILABLE");
    }

    [Fact]
    public async Task Forward_RedirectToAnInnerHost_TheHostStaysInside()
    {
        await using var upstream = await LoopbackUpstream.StartAsync(c =>
        {
            c.Response.Redirect("http://inner.example/secret");
            return Task.CompletedTask;
        });
        await using var network = await OpenAsync(UpstreamNetwork.Cluster("origin", upstream.Address));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await client.PostAsync(network.Address + "/forward/T/licence%2Fkey", null, network.Patience);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Null(response.Headers.Location);
    }

    private static Task<UpstreamNetwork> OpenAsync(params (string Key, string? Value)[] settings) => UpstreamNetwork.OpenAsync(
        TimeProvider.System,
        app => app.MapPost(
            "/forward/{ticket}/{**rest}",
            (HttpContext c) => c.RequestServices.GetRequiredService<OriginForward>().ForwardAsync(c, new MediaAddress("origin", "/licence%2Fkey", "?theirs=~"))),
        settings);

    private static async Task AssertProblemAsync(UpstreamNetwork network, HttpStatusCode status, string code)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync(network.Address + "/forward/T/x", new StringContent("x", Encoding.UTF8), network.Patience);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(code, await response.Content.ReadAsStringAsync(network.Patience), StringComparison.Ordinal);
    }
}
