using System.Net;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Live;

/// <summary>Several gateways with one database and one folder: any takes a chunk, any serves the playlist, and a reader who goes from one to the other sees it only grow.</summary>
public sealed class LiveNodesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("live-nodes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Stream_OverTwoGateways_OnlyGrowsForWhoeverGoesBetweenThem()
    {
        if (await PostgresServer.TryStartAsync() is not { } postgres)
        {
            Assert.Skip("PostgreSQL (Debian package postgresql) is not installed.");
            return;
        }

        await using var database = postgres;
        var recorded = await RecordedChunks.OfAsync(16);
        string[] knobs = [$"--ConnectionStrings:Sessions={database.ConnectionString}", $"--Gateway:Access:TicketKeys:0=k1:{new string('a', 64)}", "--Gateway:Sessions:StoreTimeout=00:01:00"];
        await using var one = await LiveHost.StartAsync(_folder, null, knobs);
        await using var two = await LiveHost.StartAsync(_folder, null, knobs);
        var stream = await one.CreateAsync();
        HttpClient[] nodes = [one.Client, two.Client];
        for (var i = 0; i < 12; i++)
        {
            var index = (i / 2 * 2) + 1 - (i % 2);
            stream.Client = nodes[i % 2];
            await stream.SendAsync(index, recorded[index]);
            // The same chunk at the other one is known there.
            using var again = await At(stream, nodes[1 - (i % 2)]).PutAsync(index, recorded[index]);
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            using var other = await stream.PutAsync(index, recorded[15]);
            Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
            for (var k = 0; k < 6; k++)
            {
                stream.Client = nodes[k % 2];
                await stream.LoadAsync();
            }
        }

        await At(stream, two.Client).EndAsync();
        await Patience.UntilAsync(async () =>
        {
            foreach (var node in nodes)
            {
                stream.Client = node;
                await stream.LoadAsync();
            }

            return stream.Judge.HasEnded;
        });
        Assert.Equal(12, stream.Judge.Entries.Count);
        Assert.Equal(0, stream.Judge.Gaps);
        foreach (var host in new[] { one, two }) Assert.Equal(600, await LivePlayTests.FramesAsync(host.Gateway.Url, stream.Playlist));
    }

    private static StreamUploader At(StreamUploader stream, HttpClient node)
    {
        stream.Client = node;
        return stream;
    }
}
