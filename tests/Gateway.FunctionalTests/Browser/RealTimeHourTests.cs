using System.Globalization;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.SoundFiles;
using Gateway.FunctionalTests.Transcoding;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// An hour of both sound pages at their own speed, in a browser that nobody watches, with a look at its memory each minute. By hand, with <c>-showLiveOutput</c> to read the minutes as they come;
/// beside it the machine may do other work.
/// </summary>
public sealed class RealTimeHourTests
{
    private const long MegaByte = 1 << 20;
    private const int Minutes = 60;

    /// <summary>By then the buffers are full and the scripts are compiled.</summary>
    private const int WarmMinutes = 5;

    [Fact(Explicit = true)]
    public async Task ProgressivePage_AnHourInRealTime_StaysWithinSixtyMegabytes()
    {
        var folder = Directory.CreateTempSubdirectory("hour-").FullName;
        try
        {
            await Ffmpeg.RunAsync("-f", "lavfi", "-i", $"aevalsrc='0.3*sin(2*PI*(200+t)*t)+0.05*(random(0)-0.5)|0.3*sin(2*PI*330*t)+0.05*(random(1)-0.5)':s=44100:d={(Minutes + 5) * 60}", "-c:a", "flac", Path.Combine(folder, "hour.flac"));
            await using var host = await GatewayWithTranscoder.StartAsync(folder);
            await ListenAsync(new Uri(host.Gateway.Url, "/progressive/?track=hour.flac&path=progressive&autoplay=1"), "window.progressivePlayer?.playback", "window.progressivePlayer.stalls");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact(Explicit = true)]
    public async Task WindowPage_AnHourInRealTime_StaysWithinSixtyMegabytes()
    {
        await using var origin = await SoundOrigin.StartAsync();
        origin.AddNumbered("/mix/set.wav", (Minutes + 5) * 60L * SoundOrigin.SampleRate);
        origin.Add("/mix/direct.mp4", [0]);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        await ListenAsync(new Uri(fixture.Url, "/window/?file=mix/set.wav&autoplay=1"), "window.windowPlayer", "window.windowPlayer.figures.starvations");
    }

    /// <param name="page">Address that plays at once.</param>
    /// <param name="player">Expression of what plays: it has <c>figures</c> and <c>failure</c>.</param>
    /// <param name="waits">Expression of how often it waited for data.</param>
    private static async Task ListenAsync(Uri page, string player, string waits)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is read from /proc.");
        await using var browser = await UnwatchedChromium.OpenAsync(page);
        await Patience.UntilAsync(async () => (await browser.AskAsync($"{player}?.figures.position > 0.5")).ValueKind == JsonValueKind.True);
        var begun = TimeProvider.System.GetTimestamp();
        var sizes = new List<long>();
        for (var minute = 1; minute <= Minutes; minute++)
        {
            await Task.Delay(TimeSpan.FromMinutes(minute) - TimeProvider.System.GetElapsedTime(begun), TimeProvider.System, TestContext.Current.CancellationToken);
            var told = (await browser.AskAsync($"(() => {{ const {{ figures, failure }} = {player}; return JSON.stringify([figures.state, Math.round(figures.position), Math.round(figures.ahead), {waits}, figures.failures, failure?.message ?? null]); }})()")).GetString();
            sizes.Add(RendererMemory.Bytes());
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"minute {minute}: {sizes[^1] / (double)MegaByte:0.0} MiB, state, position, ahead, waits, failures, failure: {told}"));
            Assert.EndsWith(",null]", told, StringComparison.Ordinal);
        }

        Assert.InRange((await browser.AskAsync($"{player}.figures.position")).GetDouble(), (Minutes - 1) * 60, (Minutes + 1) * 60);
        var warm = sizes[WarmMinutes..];
        TestContext.Current.TestOutputHelper?.WriteLine($"{warm.Min() / MegaByte} to {warm.Max() / MegaByte} MiB from minute {WarmMinutes + 1} on");
        Assert.InRange(warm.Max() - warm.Min(), 0, 60 * MegaByte);
    }
}
