using System.Text.Json;
using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.SoundFiles;

/// <summary>Files that the browser's own codecs decode: a click each second, found in what the engine gives to its output at many places.</summary>
public sealed class CodecTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>The tolerance is that of the codec: what is not lossless rings around a click.</summary>
    [Theory]
    [InlineData("opus", "-c:a libopus -b:a 96k", 1)]
    [InlineData("flac", "-c:a flac", 0)]
    [InlineData("mp3", "-c:a libmp3lame -b:a 128k", 1)]
    public Task Clicks_EightSeeks_AreWhereTheyBelong(string format, string encoder, int tolerance) => SeekAsync(format, encoder, tolerance, seconds: 240, seeks: 8);

    [Theory(Explicit = true)]
    [InlineData("opus", "-c:a libopus -b:a 96k", 1)]
    [InlineData("flac", "-c:a flac", 0)]
    [InlineData("mp3", "-c:a libmp3lame -b:a 128k", 1)]
    public Task Clicks_FiftySeeksInAnHour_AreWhereTheyBelong(string format, string encoder, int tolerance) => SeekAsync(format, encoder, tolerance, seconds: 3600, seeks: 50);

    private async Task SeekAsync(string format, string encoder, int tolerance, int seconds, int seeks)
    {
        await using var origin = await SoundOrigin.StartAsync();
        origin.Add($"/mix/clicks.{format}", await ClicksAsync(format, encoder, seconds));
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        await using var tab = await chromium.OpenAsync(fixture.Url);
        await tab.GoAsync("/window/");
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "clients", "window", "clicks.js"), TestContext.Current.CancellationToken);

        var told = await tab.Page.EvaluateAsync<string>(script, new { url = $"/play/mix/clicks.{format}", seconds, seeks });

        TestContext.Current.TestOutputHelper?.WriteLine(told);
        var report = JsonDocument.Parse(told).RootElement;
        Assert.True(report.GetProperty("heard").GetInt32() == seeks, told);
        Assert.InRange(report.GetProperty("farthest").GetInt32(), 0, tolerance);
        Assert.Equal(seconds * SoundOrigin.SampleRate, report.GetProperty("frames").GetInt32());
        Assert.Equal(0, report.GetProperty("stalePushes").GetInt32());
    }

    /// <summary>Ten samples near full scale at the begin of each second, and faint noise, without which FLAC would be a few bytes long and every place near every other.</summary>
    private static async Task<byte[]> ClicksAsync(string format, string encoder, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("clicks-").FullName;
        try
        {
            var file = Path.Combine(folder, $"clicks.{format}");
            string[] arguments = ["-v", "error", "-f", "lavfi", "-i", $"aevalsrc='0.8*lt(mod(n,48000),10)+0.01*(random(0)-0.5)':s=48000:d={seconds}", .. encoder.Split(' '), file];
            var ending = await ForeignProgram.RunAsync(folder, Patience.Deadline, "ffmpeg", arguments);
            Assert.SkipWhen(ending is null, "ffmpeg is missing, or did not finish in time.");
            Assert.True(ending!.ExitCode == 0, ending.Errors);
            return await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
