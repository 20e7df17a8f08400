using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>Who gets the operator's page and what it asks for.</summary>
public sealed class OperatorPageTests
{
    [Fact]
    public async Task Page_InDevelopmentWithoutKey_IsForCallersOfThisMachineOnly()
    {
        await using var fixture = await GatewayWithStub.StartAsync("--environment=Development", "--Gateway:Admin:ApiKey=");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.GetAsync("/admin/")).StatusCode);
        foreach (var path in new[] { "/admin/", "/admin/admin.js", "/admin/origins", "/ADMIN/" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
            Assert.Equal(HttpStatusCode.Forbidden, (await fixture.Client.SendAsync(request)).StatusCode);
        }
    }

    [Fact]
    public async Task Page_WithKey_IsEmptyUntilTheKeyIsSent()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        using var stranger = fixture.NewClient();
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/admin/")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync("/admin/origins")).StatusCode);

        var origins = await fixture.Client.GetFromJsonAsync<JsonElement>("/admin/origins");
        var origin = Assert.Single(origins.EnumerateArray());
        Assert.Equal("origin", origin.GetProperty("cluster").GetString());
        Assert.Equal($"{fixture.StubUrl}", origin.GetProperty("address").GetString());
        Assert.False(origin.GetProperty("circuitOpen").GetBoolean());
    }
}
