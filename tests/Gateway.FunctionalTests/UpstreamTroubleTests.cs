using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>A player that obeys CMSD on a good line, and an origin in trouble: it is told a lower rung than the line carries.</summary>
public sealed partial class UpstreamTroubleTests
{
    private static readonly string[] s_knobs =
    [
        "--Gateway:Adaptation:UntouchedShare=0", "--Gateway:Adaptation:Levers=cmsd,errors", "--Gateway:Origin:Retries=0", "--Gateway:Origin:Hedging=false", "--Gateway:Prefetch:Segments=0",
        "--Gateway:Access:TrustedProxies:0=127.0.0.1/32",
    ];

    [Fact]
    public async Task Segments_ThatFailFourTimes_LowerTheRung()
    {
        await using var gateway = await GatewayWithStub.StartAsync(s_knobs);
        var viewer = await ViewAsync(gateway);
        Assert.Equal(viewer.Highest, await viewer.NextAsync());

        await gateway.PutFaultsAsync(new { kind = "status", path = "/**/v720/*.m4s", status = 503 });
        for (var i = 0; i < 4; i++) Assert.Null(await viewer.NextAsync());
        await gateway.PutFaultsAsync();

        Assert.InRange((await viewer.NextAsync())!.Value, 1, viewer.Highest - 1);
    }

    [Fact]
    public async Task Upstream_SlowTwiceInARow_LowersTheRungBeforeAStall()
    {
        await using var gateway = await GatewayWithStub.StartAsync(s_knobs);
        var viewer = await ViewAsync(gateway);
        Assert.Equal(viewer.Highest, await viewer.NextAsync());

        await gateway.PutFaultsAsync(new { kind = "latency", path = "/**/v720/*.m4s", milliseconds = (int)(viewer.SegmentSeconds * 800) });
        Assert.Equal(viewer.Highest, await viewer.NextAsync());
        Assert.Equal(viewer.Highest, await viewer.NextAsync());
        await gateway.PutFaultsAsync();

        Assert.InRange((await viewer.NextAsync())!.Value, 1, viewer.Highest - 1);
    }

    /// <summary>A viewer of the highest rung with some segments in its buffer, behind a proxy that tells of a line of 50 Mbit/s.</summary>
    private static async Task<Viewer> ViewAsync(GatewayWithStub gateway)
    {
        var client = gateway.NewClient();
        client.DefaultRequestHeaders.Add("X-Client-Network", "rate=50000;rtt=20");
        var master = await client.GetStringAsync("/play/demo/master.m3u8");
        var playlist = new Uri(new Uri(gateway.Url, "/play/demo/master.m3u8"), Highest().Match(master).Value);
        var text = await client.GetStringAsync(playlist);
        var viewer = new Viewer(client, [.. Segment().Matches(text).Select(m => new Uri(playlist, m.Value))], double.Parse(Duration().Match(text).Groups[1].Value, CultureInfo.InvariantCulture));
        for (var i = 0; i < 5; i++) viewer.Highest = await viewer.NextAsync() ?? 0;
        return viewer;
    }

    [GeneratedRegex("^\\S*v720\\S*\\.m3u8", RegexOptions.Multiline)]
    private static partial Regex Highest();

    [GeneratedRegex("^\\S+\\.m4s\\S*", RegexOptions.Multiline)]
    private static partial Regex Segment();

    [GeneratedRegex("#EXTINF:([0-9.]+)")]
    private static partial Regex Duration();

    [GeneratedRegex(";mb=([0-9]+)")]
    private static partial Regex Most();

    private sealed class Viewer(HttpClient client, Uri[] segments, double segmentSeconds)
    {
        private int _next;

        public double SegmentSeconds => segmentSeconds;

        /// <summary>What it is told with all well.</summary>
        public int Highest { get; set; }

        /// <summary>Takes the next segment; null where there is none, else the highest bitrate that it is told.</summary>
        public async Task<int?> NextAsync()
        {
            using var answer = await client.GetAsync(segments[_next++]);
            await answer.Content.ReadAsByteArrayAsync();
            if (answer.StatusCode != HttpStatusCode.OK) return null;
            return answer.Headers.TryGetValues("CMSD-Dynamic", out var told) ? int.Parse(Most().Match(told.Single()).Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        }
    }
}
