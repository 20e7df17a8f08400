using System.Text.Json;
using Gateway.Telemetry.Events;
using Gateway.Testing;

namespace Gateway.Tests.Telemetry;

public sealed class ClientEventTests
{
    private static readonly Correlation Who = new("s1", 7, "load-a");

    [Fact]
    public async Task Write_ClientsFields_KeepsPlainOnesOnly()
    {
        await using var host = await TelemetryHost.StartAsync(clock: new ManualTimeProvider());
        using var body = JsonDocument.Parse($$"""
            {"event":"x","sessionId":"stolen","reportedBy":"gateway","totalToAudibleMs":1.50,"ok":true,"outcome":"playback_error","none":null,"deep":{"a":1},"list":[1],
             "url":"https://a/b?access_token=c","cookie":"a=b","jwt":"{{new string('e', 41)}}","id":"123e4567-e89b-12d3-a456-426614174000",
             "bad name":1,"outcome":"again","text":"{{string.Concat(Enumerable.Repeat("word ", 60))}}"}
            """);
        host.Events.Write(new ClientEvent("player.custom", body.RootElement, Who));
        await host.App.StopAsync();

        Assert.Equal(
            """{"ts":"2026-01-01T00:00:00.000Z","event":"player.custom","status":"success","sessionId":"s1","startupLoadId":7,"startupCorrelationId":"load-a","reportedBy":"client","totalToAudibleMs":1.50,"ok":true,"outcome":"playback_error","id":"123e4567-e89b-12d3-a456-426614174000"}""",
            Assert.Single(host.Console.Lines));
    }

    [Fact]
    public async Task Write_ManyFields_IsCut()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var body = JsonDocument.Parse("{" + string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"f{i}\":{i}")) + "}");
        host.Events.Write(new ClientEvent("x", body.RootElement, default));
        await host.App.StopAsync();

        using var line = JsonDocument.Parse(Assert.Single(host.Console.Lines));
        Assert.Equal(ClientEvent.MostFields + 4, line.RootElement.EnumerateObject().Count());
    }

    /// <summary>Short credentials look like prose: the field's name, or the scheme before them, tells.</summary>
    [Fact]
    public async Task Write_FieldsOfCredentials_KeepsNone()
    {
        await using var host = await TelemetryHost.StartAsync();
        using var body = JsonDocument.Parse("""
            {"token":"EVSECRET","accessToken":"EVSECRET","authorization":"EVSECRET","X-Auth":"EVSECRET","PassWord":"EVSECRET","client_secret":"EVSECRET","Set-Cookie":"EVSECRET","api.key":"EVSECRET",
             "ticketId":"EVSECRET","Credentials":"EVSECRET","pin.token":4711,"sent":"Bearer EVSECRET","answer":" bEARER EVSECRET","login":"Basic EVSECRET","message":"refused with Authorization: Bearer EVSECRET",
             "outcome":"basically recovered","startupRetryCount":4711}
            """);
        host.Events.Write(new ClientEvent("player.custom", body.RootElement, default));
        await host.App.StopAsync();

        using var line = JsonDocument.Parse(Assert.Single(host.Console.Lines));
        Assert.Equal(["ts", "event", "status", "reportedBy", "outcome", "startupRetryCount"], line.RootElement.EnumerateObject().Select(field => field.Name));
    }
}
