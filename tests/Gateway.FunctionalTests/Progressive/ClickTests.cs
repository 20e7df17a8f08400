using System.Text.Json;
using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.Transcoding;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Progressive;

/// <summary>A click each second, in a track whose chunks ffmpeg makes: what is heard behind the element after a seek begins at the very place.</summary>
public sealed class ClickTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>Samples of 48 kHz by which a click may lie elsewhere. A frame of Opus has 960 of them, and what is not lossless rings around a click.</summary>
    private const int Tolerance = 1;

    [Fact]
    public Task Clicks_EightSeeks_AreWhereTheyBelong() => SeekAsync(seconds: 100, seeks: 8);

    [Fact(Explicit = true)]
    public Task Clicks_FiftySeeksInAnHour_AreWhereTheyBelong() => SeekAsync(seconds: 3600, seeks: 50);

    private async Task SeekAsync(int seconds, int seeks)
    {
        var folder = Directory.CreateTempSubdirectory("clicks-").FullName;
        try
        {
            await Ffmpeg.RunAsync("-f", "lavfi", "-i", $"aevalsrc='0.8*lt(mod(n,48000),10)+0.01*(random(0)-0.5)':s=48000:d={seconds}", "-c:a", "flac", Path.Combine(folder, "clicks.flac"));
            await using var host = await GatewayWithTranscoder.StartAsync(folder);
            await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, "track=clicks.flac");
            // The recorder is no file of the gateway, and the pages' policy lets no other script in.
            await (await page.Page.Context.NewCDPSessionAsync(page.Page)).SendAsync("Page.setBypassCSP", new() { ["enabled"] = true });
            await page.Tab.GoAsync("/progressive/?track=clicks.flac&path=progressive&autoplay=1");
            await page.UntilAsync("p.firstSoundMs !== null");
            var scripts = Path.Combine(Repository.Root, "tests", "clients", "progressive");

            var told = await page.Page.EvaluateAsync<string>(
                await File.ReadAllTextAsync(Path.Combine(scripts, "clicks.js"), TestContext.Current.CancellationToken),
                new { recorder = await File.ReadAllTextAsync(Path.Combine(scripts, "recorder.js"), TestContext.Current.CancellationToken), seconds, seeks });

            TestContext.Current.TestOutputHelper?.WriteLine(told);
            var report = JsonDocument.Parse(told).RootElement;
            Assert.True(report.GetProperty("heard").GetInt32() == seeks, told);
            Assert.True(report.GetProperty("farthest").GetInt32() <= Tolerance, told);
            Assert.Equal(0, report.GetProperty("late").GetInt32());
            Assert.Empty(page.Tab.Violations);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
