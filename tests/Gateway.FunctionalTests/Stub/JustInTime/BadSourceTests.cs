using System.Net;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>Files that are no media, strange media, and tools that are not there: told in one line, never as a broken 200.</summary>
public sealed class BadSourceTests : IAsyncLifetime
{
    private readonly string _library = Directory.CreateTempSubdirectory("bad-sources-").FullName;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(In("text.mp4"), "This is no film.");
        await File.WriteAllBytesAsync(In("nothing.mp4"), []);
        await File.WriteAllBytesAsync(In("zeros.mkv"), new byte[100_000]);
        await File.WriteAllTextAsync(In("list.mp4"), $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{In("sound.wav")}\n#EXT-X-ENDLIST\n");
        await File.WriteAllTextAsync(In("script.mp4"), $"ffconcat version 1.0\nfile '{In("sound.wav")}'\n");
        await Ffmpeg.RunAsync("-f", "lavfi", "-i", "sine=440:d=6", In("sound.wav"));
        await Ffmpeg.RunAsync("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=6", "-c:v", "libx264", "-preset", "ultrafast", In("picture.mp4"));

        // Says 6 s and has less than 3: the second half is gone, the index at the beginning is not.
        await Ffmpeg.RunAsync("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=20", "-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart", In("whole.mp4"));
        var whole = await File.ReadAllBytesAsync(In("whole.mp4"));
        await File.WriteAllBytesAsync(In("half.mp4"), whole[..(whole.Length / 3)]);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("text.mp4", 422, "TRANSCODER_NOT_MEDIA")]
    [InlineData("nothing.mp4", 422, "TRANSCODER_EMPTY")]
    [InlineData("zeros.mkv", 422, "TRANSCODER_NOT_MEDIA")]
    [InlineData("list.mp4", 422, "TRANSCODER_NOT_MEDIA")]
    [InlineData("script.mp4", 422, "TRANSCODER_NOT_MEDIA")]
    [InlineData("missing.mp4", 404, "TRANSCODER_MEDIA_UNKNOWN")]
    [InlineData("..%2f..%2fetc%2fpasswd", 404, "TRANSCODER_MEDIA_UNKNOWN")]
    public async Task Title_OfWhatIsNoMedia_IsTold(string name, int status, string code)
    {
        await using var host = await JustInTimeHost.StartAsync(_library);
        var answer = await host.SendAsync(HttpMethod.Get, $"/jit/{name}/cmaf/master.m3u8");

        Assert.Equal((status, code), (answer.Status, answer.Body.GetProperty("code").GetString()));
        Assert.DoesNotContain(_library, answer.Body.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/jit/picture.mp4/cmaf/v240/seg_00004.m4s", 404)]
    [InlineData("/jit/picture.mp4/cmaf/v240/seg_00000.m4s", 404)]
    [InlineData("/jit/picture.mp4/cmaf/v240/seg_1.m4s", 404)]
    [InlineData("/jit/picture.mp4/cmaf/v240/seg_-0001.m4s", 404)]
    [InlineData("/jit/picture.mp4/cmaf/v240/seg_99999999999.m4s", 404)]
    [InlineData("/jit/picture.mp4/cmaf/v720/seg_00001.m4s", 404)]
    [InlineData("/jit/picture.mp4/cmaf/v240/init.mp4", 404)]
    [InlineData("/jit/picture.mp4/opus/manifest.mpd", 422)]
    [InlineData("/jit/picture.mp4/nonsense/manifest.mpd", 400)]
    [InlineData("/jit/sound.wav/webm-loud-1/manifest.mpd", 400)]
    [InlineData("/jit/sound.wav/webm-warm-1.5/manifest.mpd", 400)]
    [InlineData("/jit/sound.wav/webm-warm-x/manifest.mpd", 400)]
    [InlineData("/jit/sound.wav/webm/master.m3u8", 404)]
    public async Task Request_ForWhatIsNotThere_CostsNoWork(string path, int status)
    {
        await using var host = await JustInTimeHost.StartAsync(_library);

        Assert.Equal(status, (await host.SendAsync(HttpMethod.Get, path)).Status);
        Assert.Equal(0, (await host.WorkAsync()).EncodersStarted);
    }

    [Fact]
    public async Task Source_ThatIsShorterThanItSays_FailsAtItsEndAndNotBefore()
    {
        await using var host = await JustInTimeHost.StartAsync(_library);
        var first = await host.SendAsync(HttpMethod.Get, "/jit/half.mp4/cmaf/v240/seg_00001.m4s");
        var last = await host.SendAsync(HttpMethod.Get, "/jit/half.mp4/cmaf/v240/seg_00010.m4s");

        Assert.Equal((200, 502), (first.Status, last.Status));
        Assert.False(last.Body.GetProperty("transient").GetBoolean());
    }

    [Fact]
    public async Task Source_ThatVanishes_IsA502ThatMayPass()
    {
        await using var host = await JustInTimeHost.StartAsync(_library, "--Transcoder:Encoding:Ahead=00:00:00");
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, "/jit/sound.wav/cmaf/master.m3u8")).Status);
        File.Delete(In("sound.wav"));
        var (status, body, answer) = await host.SendAsync(HttpMethod.Get, "/jit/sound.wav/cmaf/a64/seg_00001.m4s");

        Assert.Equal((502, "TRANSCODER_SOURCE_GONE", true), (status, body.GetProperty("code").GetString(), body.GetProperty("transient").GetBoolean()));
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Ffmpeg_Missing_IsOneClearLineAndBundledTitlesPlay()
    {
        await using var host = await JustInTimeHost.StartAsync(_library, "--Transcoder:Encoding:ToolFolder=/nowhere");
        var (status, body, _) = await host.SendAsync(HttpMethod.Get, "/jit/sound.wav/cmaf/master.m3u8");

        Assert.Equal((501, "TRANSCODER_FFMPEG_MISSING"), (status, body.GetProperty("code").GetString()));
        Assert.Contains("Debian package ffmpeg", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        using var bundled = await host.Client.GetAsync("/demo/v360/seg_00001.m4s");
        Assert.Equal(HttpStatusCode.OK, bundled.StatusCode);
    }

    [Fact]
    public async Task Picture_LargerThanWhatIsMade_IsRefusedWithItsSize()
    {
        await using var host = await JustInTimeHost.StartAsync(_library, "--Transcoder:Sources:MaxPixels=70000");
        var (status, body, _) = await host.SendAsync(HttpMethod.Get, "/jit/picture.mp4/cmaf/master.m3u8");

        Assert.Equal((422, "TRANSCODER_TOO_LARGE"), (status, body.GetProperty("code").GetString()));
        Assert.Contains("320x240", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encoder_ThatWantsMoreMemoryThanItMay_IsEndedAndToldForGood()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The bound is Linux's.");
        await using var host = await JustInTimeHost.StartAsync(_library, $"--Transcoder:Encoding:MaxToolBytes={64 << 20}");
        await Ffmpeg.RunAsync("-f", "lavfi", "-i", "color=s=3840x2160:r=25:d=1", "-c:v", "libx264", "-preset", "ultrafast", In("huge.mp4"));
        var small = await host.SendAsync(HttpMethod.Get, "/jit/sound.wav/cmaf/a64/seg_00001.m4s");
        var (status, body, answer) = await host.SendAsync(HttpMethod.Get, "/jit/huge.mp4/cmaf/v2160/seg_00001.m4s");

        Assert.Equal((200, 422, "TRANSCODER_NEEDS_MEMORY"), (small.Status, status, body.GetProperty("code").GetString()));
        Assert.Null(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Source_TenHoursLong_HasItsManifestsAtOnceAndItsEndAtOnce()
    {
        await Ffmpeg.RunAsync("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "36000", "-c:a", "flac", In("night.flac"));
        await using var host = await JustInTimeHost.StartAsync(_library);
        var playlist = await host.Client.GetStringAsync("/jit/night.flac/cmaf/a64/index.m3u8");
        Assert.Contains("seg_18000.m4s", playlist, StringComparison.Ordinal);
        using var end = await host.Client.GetAsync("/jit/night.flac/cmaf/a64/seg_18000.m4s");

        Assert.Equal(HttpStatusCode.OK, end.StatusCode);
        Assert.Equal(1, (await host.WorkAsync()).SegmentsMade);
    }

    private string In(string name) => Path.Combine(_library, name);
}
