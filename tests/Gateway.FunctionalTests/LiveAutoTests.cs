using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests;

/// <summary>The rendition <c>auto</c> of a broadcast: a sliding playlist of two rungs of two seconds, whose segments say of which rung and number they are.</summary>
public sealed partial class LiveAutoTests
{
    private const int Bytes = 64 << 10;

    [Fact]
    public async Task Broadcast_AsAuto_ChangesRungAtBordersAndKeepsItsSequence()
    {
        var newest = 12;
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = async context =>
        {
            var path = context.Request.Path.Value!;
            context.Response.Headers.CacheControl = path.EndsWith(".m3u8", StringComparison.Ordinal) ? "no-cache" : "max-age=3600";
            if (path.EndsWith(".m3u8", StringComparison.Ordinal)) context.Response.ContentType = "application/vnd.apple.mpegurl";
            if (path == "/live/high/19.ts") context.Response.StatusCode = 404;
            else if (path.EndsWith("/master.m3u8", StringComparison.Ordinal)) await context.Response.WriteAsync(Master);
            else if (path.EndsWith("/media.m3u8", StringComparison.Ordinal)) await context.Response.WriteAsync(Playlist(newest));
            else await context.Response.Body.WriteAsync(Segment(path));
        };
        await using var gateway = await GatewayWithStub.StartAtAsync(origin.Address, "--Gateway:Access:TrustedProxies:0=127.0.0.0/8");

        // The proxy in front tells of a good line, so that nothing depends on how fast this machine is.
        using var client = gateway.NewClient("a player");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.7");
        client.DefaultRequestHeaders.Add("X-Client-Network", "rate=100000;rtt=20");
        var master = await client.GetStringAsync("/play/live/master.m3u8?rendition=auto");
        var playlist = Address().Match(master).Groups[1].Value;
        var rungs = new List<string>();
        for (var number = 10; number < 20; number++, newest++)
        {
            // From 14 to 15 an operator's limit leaves the lowest; then there is none, and of 19 the highest has nothing.
            if (number == 14) await CapAsync(gateway, 600);
            if (number == 16) await CapAsync(gateway, 0);
            var text = await client.GetStringAsync(playlist);
            Assert.Contains($"#EXT-X-MEDIA-SEQUENCE:{newest - 2}\n", text, StringComparison.Ordinal);
            var segment = text.Split('\n').Single(l => l.Length > 0 && l[0] != '#' && l.Contains($"{number}.ts", StringComparison.Ordinal));
            var body = await client.GetByteArrayAsync(new Uri(new Uri(gateway.Url, playlist), segment));
            rungs.Add(RungOf(body, number));
        }

        Assert.Equal(["low", "high", "high", "high", "low", "low", "high", "high", "high", "low"], rungs);
    }

    private const string Master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=500000,CODECS=\"avc1.64001f\"\nlow/media.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1000000,CODECS=\"avc1.64001f\"\nhigh/media.m3u8\n";

    private static string Playlist(int newest) =>
        $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{newest - 2}\n{string.Concat(Enumerable.Range(newest - 2, 3).Select(n => $"#EXTINF:2,\n{n}.ts\n"))}";

    private static byte[] Segment(string path)
    {
        var word = Encoding.ASCII.GetBytes(path.Split('/')[^2] + path.Split('/')[^1] + " ");
        var body = new byte[Bytes];
        for (var i = 0; i < Bytes; i++) body[i] = word[i % word.Length];
        return body;
    }

    /// <summary>The rung of a body that is one rung's segment of that number from end to end.</summary>
    private static string RungOf(byte[] body, int number)
    {
        var rung = Encoding.ASCII.GetString(body.AsSpan(0, 4)).StartsWith("low", StringComparison.Ordinal) ? "low" : "high";
        Assert.Equal(Segment(string.Create(CultureInfo.InvariantCulture, $"/live/{rung}/{number}.ts")), body);
        return rung;
    }

    private static async Task CapAsync(GatewayWithStub gateway, int kbps)
    {
        using var answer = await gateway.Client.PutAsJsonAsync("/admin/adaptation", new { capKbps = kbps });
        answer.EnsureSuccessStatusCode();
    }

    [GeneratedRegex("#EXT-X-STREAM-INF[^\n]*\n(\\S+)")]
    private static partial Regex Address();
}
