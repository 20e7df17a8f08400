using Gateway.Testing;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>
/// Media in many codecs and containers, made by ffmpeg when the first test needs it and deleted at the end. Pictures show a moving pattern, sound is a
/// sweep: no two moments look or sound the same, so that a cut at the wrong place shows.
/// </summary>
public sealed class MediaMadeToOrder : IAsyncLifetime
{
    private const string Sweep = "aevalsrc='0.4*sin(2*PI*(200+15*t)*t)|0.4*sin(2*PI*(330+10*t)*t)'";

    public string Folder { get; } = Directory.CreateTempSubdirectory("made-to-order-").FullName;

    public async ValueTask InitializeAsync()
    {
        string[] x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "77"];
        await MakeAsync("film.mp4", 25, 48000, 12, [.. x264, "-bf", "2", "-c:a", "aac"]);
        await MakeAsync("ntsc.mkv", "30000/1001", 44100, 9, [.. x264, "-c:a", "libmp3lame"]);
        await MakeAsync("broadcast.ts", 25, 48000, 9, ["-c:v", "mpeg2video", "-g", "15", "-bf", "2", "-b:v", "1M", "-c:a", "mp2"]);
        await MakeAsync("web.webm", 24, 48000, 7, ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k", "-g", "200", "-c:a", "libopus"]);
        await MakeAsync("old.avi", 15, 44100, 7, ["-c:v", "mpeg4", "-g", "300", "-b:v", "700k", "-c:a", "libmp3lame"]);
        await MakeAsync("silent.mp4", 25, 48000, 5, [.. x264, "-an"]);
        await MakeAsync("odd-keys.mp4", 25, 48000, 9, [.. x264, "-force_key_frames", "0.4,0.52,3.08,7.6", "-c:a", "aac"]);
        await MakeAsync("tall.mp4", 25, 48000, 16, [.. x264, "-c:a", "aac"], "640x480");
        await Ffmpeg.RunAsync(["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=8", "-vf", "select='not(mod(n,3))+gt(n,120)'", "-vsync", "vfr", .. x264, In("variable.mp4")]);
        await Ffmpeg.RunAsync("-i", In("film.mp4"), "-t", "4", "-c", "copy", "-metadata:s:v:0", "rotate=90", In("turned.mp4"));
        await SoundAsync("song44.flac", 44100, 13, "-c:a", "flac");
        await SoundAsync("song48.wav", 48000, 13, "-c:a", "pcm_s16le");
        await SoundAsync("song44.wav", 44100, 13, "-c:a", "pcm_s16le");
        await SoundAsync("song44.mp3", 44100, 13, "-c:a", "libmp3lame", "-b:a", "192k");
        await SoundAsync("long48.flac", 48000, 95, "-c:a", "flac");
        await SoundAsync("long44.flac", 44100, 95, "-c:a", "flac");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    public string In(string name) => Path.Combine(Folder, name);

    private Task<string> MakeAsync(string name, object rate, int samples, int seconds, string[] codecs, string size = "320x240") => Ffmpeg.RunAsync(
        ["-f", "lavfi", "-i", $"testsrc2=s={size}:r={rate}:d={seconds}", "-f", "lavfi", "-i", $"{Sweep}:s={samples}:d={seconds}", "-pix_fmt", "yuv420p", .. codecs, In(name)]);

    private Task<string> SoundAsync(string name, int samples, int seconds, params string[] codec) =>
        Ffmpeg.RunAsync(["-f", "lavfi", "-i", $"{Sweep}:s={samples}:d={seconds}", .. codec, In(name)]);
}
