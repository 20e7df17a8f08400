using System.Diagnostics;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests;

/// <summary>A real client decodes every rendition to the same frames through the gateway as directly from the transcoder.</summary>
public sealed class FfmpegTests
{
    private const string Ffmpeg = "/usr/bin/ffmpeg";

    [Theory]
    [InlineData("demo/master.m3u8", 4)]
    [InlineData("demo/manifest.mpd", 4)]
    [InlineData("demo-ts/master.m3u8", 6)]
    public async Task Rendition_EachDecodedByFfmpeg_HasTheSameFrames(string asset, int streams)
    {
        Assert.SkipUnless(File.Exists(Ffmpeg), "ffmpeg is not installed (apt-get install ffmpeg).");
        await using var fixture = await GatewayWithStub.StartAsync();
        var direct = await HashesAsync(new Uri(fixture.StubUrl, asset));
        var through = await HashesAsync(new Uri(fixture.Url, $"play/{asset}"));
        Assert.True(direct.Length >= streams, $"Expected {streams} streams or more, got: {string.Join(" ", direct)}");
        Assert.Equal(direct, through);
    }

    /// <summary>A broadcast has no end: some seconds of it, more than the playlist or MPD of the beginning has, without an error.</summary>
    [Theory]
    [InlineData("demo-live/master.m3u8")]
    [InlineData("demo-live/manifest.mpd")]
    [InlineData("demo-ll/master.m3u8")]
    public async Task Broadcast_ReadByFfmpeg_PlaysOnThroughTheGateway(string asset)
    {
        Assert.SkipUnless(File.Exists(Ffmpeg), "ffmpeg is not installed (apt-get install ffmpeg).");
        await using var fixture = await GatewayWithStub.StartAsync();
        await BroadcastReading.AssertPlaysAsync(fixture, asset, seconds: 12);
    }

    /// <summary>One line for each stream of the input: index, kind, and the MD5 of all its decoded frames.</summary>
    private static async Task<string[]> HashesAsync(Uri url)
    {
        using var process = Process.Start(new ProcessStartInfo(Ffmpeg, ["-v", "error", "-i", url.AbsoluteUri, "-map", "0", "-f", "streamhash", "-hash", "md5", "-"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5), TimeProvider.System);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"ffmpeg ended with {process.ExitCode} on {url}: {await errors}");
            Assert.Empty(await errors);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
