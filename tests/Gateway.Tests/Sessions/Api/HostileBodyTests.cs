using System.Text.Json;
using Gateway.Json;
using Gateway.Sessions.Api;
using Gateway.Telemetry.Events;
using Gateway.Testing;
using Gateway.Tests.Telemetry;

namespace Gateway.Tests.Sessions.Api;

/// <summary>Whatever stands in a body: it is read or refused, and the event log goes on.</summary>
public sealed class HostileBodyTests
{
    [Fact]
    public void Read_AnyBody_IsReadOrRefused()
    {
        var hostile = new HostileJson(2);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 10_000; i++)
        {
            if (!StrictJson.TryParse(hostile.Next(), out var document)) continue;
            using (document)
            {
                if (document.RootElement.ValueKind != JsonValueKind.Object) continue;
                Count(CreateSessionRequest.Read(document.RootElement, out _) is not null);
                Count(HeartbeatBody.Read(document.RootElement, isHandoff: true, out _) is not null);
                Count(HeartbeatBody.Read(document.RootElement, isHandoff: false, out _) is not null);
            }
        }

        Assert.True(read > 100 && refused > 100, $"{read} were read, {refused} refused");

        void Count(bool good)
        {
            if (good) read++;
            else refused++;
        }
    }

    [Fact]
    public async Task Report_AnyBody_EveryLineOfTheLogIsWhole()
    {
        await using var host = await TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:EventQueue"] = "1048576" });
        var hostile = new HostileJson(3);
        var written = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var documents = new List<JsonDocument>();
            var reports = new List<(string Name, JsonElement Body)>();
            if (ClientReports.TryRead(hostile.Next(), documents, reports, out _))
            {
                foreach (var (name, body) in reports) host.Events.Write(new ClientEvent(name, body, default));
                written += reports.Count;
            }

            documents.ForEach(d => d.Dispose());
        }

        await host.App.StopAsync();
        Assert.True(written > 1000, $"only {written} events");
        Assert.Equal(written, host.Console.Lines.Length);
        foreach (var line in host.Console.Lines)
        {
            using var json = JsonDocument.Parse(line);
            Assert.True(line.Length < 32 * 1024);
            Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
        }
    }
}
