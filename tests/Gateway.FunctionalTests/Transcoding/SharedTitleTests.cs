using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using Gateway.Transcoding;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>One transcoder for two gateways that share their sessions.</summary>
public sealed class SharedTitleTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    private const string TicketKey = "--Gateway:Access:TicketKeys:0=k1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public async Task Title_LetGoOfByTheGatewayThatStartedIt_GoesOnForTheOther()
    {
        await using var postgres = await PostgresServer.TryStartAsync();
        Assert.SkipWhen(postgres is null, "PostgreSQL is not installed (Debian: apt-get install postgresql).");
        await using var transcoder = await JustInTimeHost.StartAsync(media.Folder);
        string[] knobs = [TicketKey, $"--Gateway:Transcoder:Url={transcoder.Url}/", $"--ConnectionStrings:Sessions={postgres.ConnectionString}", "--Gateway:Prefetch:Segments=0"];
        await using var first = await GatewayWithStub.StartAtAsync($"{transcoder.Url}/", knobs);
        await using var second = await GatewayWithStub.StartAtAsync($"{transcoder.Url}/", knobs);
        var session = await CreateAsync(first.Client, new { mediaId = "film.mp4" });
        var viewer = await HlsViewer.StartAsync(first.Client, session.GetProperty("hlsUrl").GetString()!);
        var id = session.GetProperty("sessionId").GetString();
        await Patience.UntilAsync(async () =>
        {
            using var shown = await second.Client.GetAsync($"{Root}/{id}");
            return shown.IsSuccessStatusCode && (await shown.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("mediaId").GetString() == "film.mp4";
        });
        Assert.Equal(HttpStatusCode.OK, await SegmentAsync(0));
        Assert.Empty(second.Part<Transcodes>().Held());

        // What the first one does when its own viewers have gone.
        var held = Assert.Single(first.Part<Transcodes>().Held());
        Assert.True(await first.Part<TranscoderClient>().EndAsync(held.Id, TestContext.Current.CancellationToken));
        Assert.Equal(404, (await transcoder.SendAsync(HttpMethod.Get, $"/transcode/{held.Id}")).Status);

        Assert.Equal(HttpStatusCode.OK, await SegmentAsync(4));
        Assert.Equal(held.Id, Assert.Single(second.Part<Transcodes>().Held()).Id);

        async Task<HttpStatusCode> SegmentAsync(int number)
        {
            using var answer = await second.Client.GetAsync(new Uri(new Uri("http://gateway/"), viewer.Segments[number]).PathAndQuery);
            return answer.StatusCode;
        }
    }
}
