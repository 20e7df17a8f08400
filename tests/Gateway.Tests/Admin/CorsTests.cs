using System.Net;

namespace Gateway.Tests.Admin;

/// <summary>Pages of other sites read what players need, and no more.</summary>
public sealed class CorsTests : AdminGateway
{
    [Fact]
    public async Task Cors_EveryAnswerForPlayers_IsReadableFromAnyPage()
    {
        await Start();
        foreach (var path in new[] { "/play/ok", "/play/boom", "/play/nothing/here", "/api/v1/playback/unknown" })
        {
            using var response = await Client.GetAsync(path);
            Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Contains("X-Served-From", Assert.Single(response.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
        }

        foreach (var path in new[] { "/page", "/api/orders", "/stream/mine", "/api/v1/playbacks" })
        {
            using var page = await Client.GetAsync(path);
            Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"), path);
        }
    }

    [Fact]
    public async Task Cors_Preflight_AllowsRangeAndCorrelationHeaders()
    {
        await Start();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/playback/t/origin/x.m4s");
        request.Headers.Add("Origin", "https://page.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        using var response = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var allowed = string.Join(',', response.Headers.GetValues("Access-Control-Allow-Headers"));
        foreach (var header in new[] { "Range", "Authorization", "x-segmented-startup-load-id", "x-segmented-startup-correlation-id" }) Assert.Contains(header, allowed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cors_ListedOrigins_OnlyTheyMayRead()
    {
        await Start("--Gateway:Access:CorsOrigins:0=https://tv.example");
        Assert.Equal("https://tv.example", await AllowedFor("https://tv.example"));
        Assert.Null(await AllowedFor("https://evil.example"));
        Assert.Null(await AllowedFor(null));

        async Task<string?> AllowedFor(string? origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/play/ok");
            if (origin is not null) request.Headers.Add("Origin", origin);
            using var response = await Client.SendAsync(request);
            Assert.Contains("Origin", response.Headers.Vary);
            Assert.Equal(origin == "https://tv.example", response.Headers.TryGetValues("Access-Control-Allow-Credentials", out var credentials) && credentials.Single() == "true");
            return response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
        }
    }

    [Fact]
    public async Task Cors_UpstreamsOwnHeaders_AreReplaced()
    {
        await Start();
        using var response = await Client.GetAsync("/play/foreign-cors");
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }
}
