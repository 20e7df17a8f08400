using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Admin;

/// <summary>What goes wrong is answered with a problem document, without details.</summary>
public sealed class ProblemResponseTests : AdminGateway
{
    [Fact]
    public async Task Problems_Exception_IsA500WithoutDetails()
    {
        await Start();
        using var response = await Client.GetAsync("/play/boom");
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("STREAMING_INTERNAL", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret inside", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problems_WhatRoutingRefuses_IsADocumentToo()
    {
        await Start();
        Assert.Equal("STREAMING_ASSET_NOT_FOUND", await CodeOf(HttpMethod.Get, "/play/nothing/here", HttpStatusCode.NotFound));
        Assert.Equal("STREAMING_ROUTE_NOT_FOUND", await CodeOf(HttpMethod.Get, "/api/v1/unknown", HttpStatusCode.NotFound));
        Assert.Equal("STREAMING_METHOD_NOT_ALLOWED", await CodeOf(HttpMethod.Put, "/play/ok", HttpStatusCode.MethodNotAllowed));
        Assert.Equal("STREAMING_ORIGIN_UNAVAILABLE", await CodeOf(HttpMethod.Get, "/play/503", HttpStatusCode.ServiceUnavailable));
        using var page = await Client.GetAsync("/nothing");
        Assert.Empty(await page.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Problems_BodyThatHasBegun_IsCutAndNotContinued()
    {
        await Start();
        await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetByteArrayAsync("/play/boom-later"));
    }

    private async Task<string?> CodeOf(HttpMethod method, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await Client.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
    }
}
