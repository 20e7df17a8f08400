using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Dash;

/// <summary>Live MPDs that list their segments, read by libavformat: a manifest that it loads is never older than its last segments.</summary>
public sealed class LiveTimelineTests
{
    private const int Frames = 400;

    [Fact]
    public async Task LiveTimeline_ReadByFfmpeg_GivesTheSameFramesAsTheOrigin()
    {
        string[] direct;
        await using (var origin = await LiveTimelineOrigin.StartAsync(40)) direct = await FramesAsync($"{origin.Url}live/manifest.mpd");

        await using var again = await LiveTimelineOrigin.StartAsync(40);
        await using var fixture = await GatewayWithStub.StartAtAsync(again.Url);
        var through = await FramesAsync(new Uri(fixture.Url, "play/live/manifest.mpd").AbsoluteUri);

        Assert.Equal(Frames, direct.Length);
        Assert.Equal(direct, through);
        Assert.Equal(Frames, through.Distinct(StringComparer.Ordinal).Count());

        // The manifest is still coalesced and cached: one upstream request for each segment that was not listed.
        Assert.InRange(again.Manifests, 2, 25);
    }

    /// <summary>The frames that libavformat reads, each with its time and a digest of its bytes.</summary>
    private static async Task<string[]> FramesAsync(string url)
    {
        var printed = await Ffmpeg.RunAsync("-i", url, "-map", "0:v", "-c", "copy", "-frames:v", $"{Frames}", "-f", "framehash", "-hash", "md5", "-");
        return [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#'))];
    }
}
