using System.Net;
using System.Net.Http.Headers;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests;

/// <summary>Rights by token, over HTTP.</summary>
public sealed class TokenModeTests
{
    [Fact]
    public async Task TokenMode_EveryRoute_AsksForACredential()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, """{"keys":[{"kty":"oct","kid":"h","k":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"}]}""");
            await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
            await ProblemAsync(await PostAsync(fixture.Client, Root, """{"mediaId":"demo"}"""), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
            await ProblemAsync(await PostAsync(fixture.Client, Root, "{}"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
            await ProblemAsync(await fixture.Client.GetAsync("/play/demo/master.m3u8"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");

            using var ada = WithToken(fixture, "ada", """, "media":["demo/**"], "max_streams": 1""");
            using var bob = WithToken(fixture, "bob", "");
            var session = await CreateAsync(ada, new { mediaId = "demo" });
            var id = session.GetProperty("sessionId").GetString();
            await ProblemAsync(await PostAsync(ada, Root, """{"mediaId":"demo-ts"}"""), HttpStatusCode.Forbidden, "STREAMING_MEDIA_NOT_GRANTED");
            await ProblemAsync(await PostAsync(ada, Root, """{"mediaId":"demo"}"""), HttpStatusCode.TooManyRequests, "STREAMING_TOO_MANY_STREAMS");
            await ProblemAsync(await PostAsync(ada, $"{Root}/{id}/handoff", """{"mediaId":"demo-ts"}"""), HttpStatusCode.Forbidden, "STREAMING_MEDIA_NOT_GRANTED");
            await HandoffAsync(ada, id, new { });

            // The media need no credential but the ticket; what is about the session needs the user's or the ticket.
            Assert.True((await fixture.Client.GetAsync(session.GetProperty("hlsUrl").GetString())).IsSuccessStatusCode);
            await ProblemAsync(await fixture.Client.GetAsync($"{Root}/{id}"), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
            await ProblemAsync(await PostAsync(fixture.Client, $"{Root}/{id}/events", """{"event":"x"}"""), HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
            await ProblemAsync(await bob.GetAsync($"{Root}/{id}"), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
            Assert.True((await ada.GetAsync($"{Root}/{id}")).IsSuccessStatusCode);
            using var holder = fixture.NewClient();
            holder.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.GetProperty("ticket").GetString());
            Assert.True((await holder.GetAsync($"{Root}/{id}")).IsSuccessStatusCode);
            var others = await CreateAsync(bob, new { mediaId = "demo" });
            await ProblemAsync(await holder.GetAsync($"{Root}/{others.GetProperty("sessionId").GetString()}"), HttpStatusCode.Forbidden, "STREAMING_SCOPE_MISMATCH");
        }
        finally
        {
            File.Delete(keys);
        }
    }
}
