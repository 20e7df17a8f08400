using System.Globalization;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>ffmpeg as the player of a broadcast.</summary>
internal static class BroadcastReading
{
    private const int FramesPerSecond = 25;

    // Without a pace ffmpeg's reader of MPDs runs past the live edge, skips every segment that is not there yet, and never comes back, at the origin as behind a gateway.
    private static readonly string[] s_pace = ["-re", "-analyzeduration", "500000"];

    /// <summary>So many seconds are decoded without an error, and each segment is counted under one of its three sources.</summary>
    /// <remarks>A machine that stands still for longer than the broadcast's window makes ffmpeg skip what is gone by then.</remarks>
    public static async Task AssertPlaysAsync(GatewayWithStub fixture, string asset, int seconds)
    {
        var sums = await Testing.Ffmpeg.RunAsync(
            [.. asset.EndsWith(".mpd", StringComparison.Ordinal) ? s_pace : [], "-i", new Uri(fixture.Url, $"play/{asset}").AbsoluteUri, "-t", seconds.ToString(CultureInfo.InvariantCulture), "-map", "0:v:0", "-map", "0:a:0", "-f", "framecrc", "-"]);

        var frames = sums.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line[0] != '#').Select(static line => line.Split(',', StringSplitOptions.TrimEntries)).ToList();
        Assert.InRange(frames.Count(static f => f[0] == "0"), seconds / 2 * FramesPerSecond, (seconds + 1) * FramesPerSecond);
        var times = frames.Where(static f => f[0] == "0").Select(static f => long.Parse(f[2], CultureInfo.InvariantCulture)).ToList();
        Assert.All(times.Zip(times.Skip(1)), static pair => Assert.True(pair.Second > pair.First));

        var served = (await fixture.Client.GetStringAsync("/metrics")).Split('\n').Where(static l => l.StartsWith("gateway_segments_served_total{", StringComparison.Ordinal)).ToList();
        Assert.True(served.Sum(static l => double.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture)) >= seconds / 2, string.Join('\n', served));
    }
}
