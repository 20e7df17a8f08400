using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests;

/// <summary>Header fields on their way through: those of viewers never make one viewer's bytes another's, those of the origin reach the player.</summary>
public sealed class OriginHeaderTests
{
    private const string Playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.m4s\n#EXTINF:4,\n2.m4s\n#EXTINF:4,\n3.m4s\n#EXT-X-ENDLIST\n";

    private static readonly string[] ChunkFields = ["X-Sample-Rate", "X-Total-Samples", "X-Playable-Samples", "X-Overlap-Samples", "X-Start-Sample-Offset"];

    [Fact]
    public async Task Origin_TwoUsersWithHeadersOfTheirOwn_NeverSeeEachOthersBytes()
    {
        await using var origin = await ScriptedOrigin.StartAsync();
        // An origin that writes into its answers who asked, as far as it is told.
        origin.Answer = context =>
        {
            var seen = string.Join(' ', context.Request.Headers.Where(h => h.Key is "Cookie" or "Authorization" or "X-Account" or "Accept-Language" or "User-Agent").Select(h => $"{h.Key}={h.Value}"));
            return context.Response.WriteAsync(context.Request.Path.Value!.EndsWith(".m3u8", StringComparison.Ordinal) ? $"{Playlist}# {seen}\n" : $"segment {context.Request.Path} {seen}");
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        var bodies = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var user in new[] { "ada", "bob" })
        {
            using var client = fixture.NewClient($"Player/{user}");
            client.DefaultRequestHeaders.Add("Cookie", $"id={user}");
            client.DefaultRequestHeaders.Add("Authorization", $"Basic {user}");
            client.DefaultRequestHeaders.Add("X-Account", user);
            client.DefaultRequestHeaders.Add("Accept-Language", user);
            var viewer = await HlsViewer.StartAsync(client, "/play/t/media.m3u8");
            bodies[user] = [await client.GetStringAsync("/play/t/media.m3u8")];
            foreach (var segment in viewer.Segments) bodies[user].Add(await client.GetStringAsync(segment));
        }

        foreach (var (user, other) in new[] { ("ada", "bob"), ("bob", "ada") }) Assert.DoesNotContain(bodies[user], b => b.Contains(other, StringComparison.Ordinal));
        // Nothing of a viewer goes upstream with what is shared, so both have the same bytes, prefetched ones too.
        Assert.Equal(bodies["ada"].Skip(1), bodies["bob"].Skip(1));
        Assert.All(origin.Requests, r => Assert.DoesNotContain(r.Headers.Values, v => v.Contains("ada", StringComparison.Ordinal) || v.Contains("bob", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ChunksThatOverlap_SayWhatAPlayerHasToTrim_AlsoFromTheCacheAndToForeignPages()
    {
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context =>
        {
            if (context.Request.Path.Value!.EndsWith(".m3u8", StringComparison.Ordinal)) return context.Response.WriteAsync(Playlist);
            // Chunks of 15 s, one each 10 s.
            foreach (var (field, value) in ChunkFields.Zip(["48000", "720000", "480000", "240000", "480000"])) context.Response.Headers[field] = value;
            return context.Response.WriteAsync("chunk");
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        var viewer = await HlsViewer.StartAsync(fixture.Client, "/play/t/media.m3u8");
        for (var i = 0; i < 2; i++)
        {
            using var chunk = await fixture.Client.GetAsync(viewer.Segments[0]);
            Assert.Equal(["48000", "720000", "480000", "240000", "480000"], ChunkFields.Select(f => chunk.Headers.GetValues(f).Single()));
            var exposed = chunk.Headers.GetValues("Access-Control-Expose-Headers").Single();
            Assert.All(ChunkFields, f => Assert.Contains(f, exposed, StringComparison.Ordinal));
        }
    }
}
