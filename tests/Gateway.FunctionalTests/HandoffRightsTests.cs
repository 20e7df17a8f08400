using System.Net;
using System.Net.Http.Headers;
using Gateway.Access.Tickets;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>A handoff's new session has the rights of the previous one, and not a minute or a title more.</summary>
public sealed class HandoffRightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("handoff-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Handoff_ChainByTicketAlone_EndsWhenTheFirstWouldHave()
    {
        var clock = new LeapingTimeProvider();
        await using var fixture = await GatewayWithStub.StartAsync(clock, await KnobsAsync());
        using var ada = WithToken(fixture, "ada", "");
        var session = await CreateAsync(ada, new { mediaId = "demo" });
        var end = TicketOf(fixture, session.GetProperty("ticket").GetString()!).HardExpiry;
        for (var i = 0; i < 3; i++)
        {
            clock.Leap(TimeSpan.FromMinutes(20));
            using var holder = Holder(fixture, session.GetProperty("ticket").GetString()!);
            session = await HandoffAsync(holder, session.GetProperty("sessionId").GetString(), new { });
            var ticket = TicketOf(fixture, session.GetProperty("ticket").GetString()!);
            Assert.Equal(end, ticket.HardExpiry);
            Assert.True(ticket.FreshUntil <= end);
        }
    }

    [Fact]
    public async Task Handoff_ByATicketOfAnotherCluster_IsRefused()
    {
        await using var fixture = await GatewayWithStub.StartAsync([.. await KnobsAsync(), "--ReverseProxy:Clusters:cdn:Destinations:a:Address=http://127.0.0.1:1/", "--ReverseProxy:Clusters:cdn:Metadata:Media=true"]);
        using var ada = WithToken(fixture, "ada", """, "media":["demo/**"]""");
        var session = await CreateAsync(ada, new { mediaId = "demo" });
        var own = TicketOf(fixture, session.GetProperty("ticket").GetString()!);
        // The ticket is as in a manifest that refers to another cluster; the session is known here by it alone.
        var foreign = own with { Session = Guid.NewGuid(), Cluster = "cdn", Scope = "/demo-ts/" };
        var text = fixture.Part<TicketSigner>().Issue(foreign);
        await fixture.Client.GetAsync($"/api/v1/playback/{text}/cdn/demo-ts/x.ts");
        using var holder = Holder(fixture, text);
        using var refused = await PostAsync(holder, $"{Root}/{foreign.Session:N}/handoff", """{"mediaId":"demo-ts"}""");
        Assert.True(refused.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{(int)refused.StatusCode}");
    }

    private async Task<string[]> KnobsAsync()
    {
        var keys = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(keys, KeySet);
        return ["--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}"];
    }

    private static HttpClient Holder(GatewayWithStub fixture, string ticket)
    {
        var client = fixture.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ticket);
        return client;
    }

    private static Ticket TicketOf(GatewayWithStub fixture, string text)
    {
        fixture.Part<TicketSigner>().Verify(text, out var ticket);
        return ticket!;
    }
}
