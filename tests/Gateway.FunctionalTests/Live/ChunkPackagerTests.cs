using System.Net;
using System.Net.Http.Json;
using Gateway.FunctionalTests.Stub.JustInTime;
using Gateway.Live.Containers;
using Gateway.Live.Timeline;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests.Live;

/// <summary>What the transcoder makes of chunks, as the gateway reads it.</summary>
public sealed class ChunkPackagerTests
{
    [Fact]
    public async Task Segments_OfARecordingThatWasCut_HaveOneConfigurationAndTrueTimes()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var host = await PackagerHost.StartAsync();
        var segments = new List<MadeSegment>();
        for (var i = 0; i < recorded.Count; i++) segments.Add(await host.MakeAsync(recorded[i]));
        Assert.Single(segments.Select(s => s.Init).Distinct(StringComparer.Ordinal));
        Assert.All(segments, s => Assert.Equal(2.0, s.Seconds, 3));

        // Put together, the sound has as many samples as were recorded, and never a hole of more than a frame.
        var clock = new TrackClock();
        long end = 0;
        foreach (var segment in segments)
        {
            var shifts = clock.Place(segment);
            var begin = segment.Tracks[1].Start + shifts[1].Ticks;
            Assert.InRange(begin - end, -1024, 1024);
            end = begin + segment.Tracks[1].Duration;
        }

        Assert.InRange(clock.Seconds, 11.999, 12.001);
        Assert.InRange(end / 48_000.0, 11.95, 12.08);
    }

    [Fact]
    public async Task Segment_OfTheSameChunk_HasTheSameBytes()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var host = await PackagerHost.StartAsync();
        await host.MakeAsync(recorded[1]);
        var first = host.Written!;
        await host.MakeAsync(recorded[1]);
        Assert.Equal(first, host.Written);
    }

    [Theory]
    [InlineData("libvpx", "libopus")]
    [InlineData("libvpx-vp9", "libopus")]
    public async Task Segment_OfAWebMChunk_IsH264AndAac(string video, string audio)
    {
        var recorded = await RecordedChunks.OfAsync(2, codecs: ["-c:v", video, "-deadline", "realtime", "-cpu-used", "8", "-c:a", audio], suffix: "webm");
        await using var host = await PackagerHost.StartAsync();
        var made = await host.MakeAsync(recorded[1]);
        Assert.Equal(2.0, made.Seconds, 1);
        Assert.Equal(2, made.Tracks.Length);
        Assert.True(host.Written!.AsSpan().IndexOf("avc1"u8) > 0 && host.Written!.AsSpan().IndexOf("mp4a"u8) > 0);
    }

    /// <summary>A chunk that is copied needs ffmpeg alone: starting programs is most of what it costs.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Segment_OfWhatIsCopied_IsMadeByOneProgram(bool hasSound)
    {
        var recorded = await RecordedChunks.OfAsync(6, codecs: hasSound ? null : ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-an"]);
        var tools = Directory.CreateTempSubdirectory("tools-").FullName;
        try
        {
            File.CreateSymbolicLink(Path.Combine(tools, "ffmpeg"), Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(f => Path.Combine(f, "ffmpeg")).First(File.Exists));
            await using var host = await PackagerHost.StartAsync($"--Transcoder:Encoding:ToolFolder={tools}");
            var made = await host.MakeAsync(recorded[1]);
            Assert.Equal(2.0, made.Seconds, 3);
            // Cut at a picture, the sound begins where its own frame does, and not at zero.
            Assert.Equal(hasSound, made.Tracks[1].Start > 0 || made.Tracks[0].Start > 0);
        }
        finally
        {
            Directory.Delete(tools, recursive: true);
        }
    }

    [Theory]
    [InlineData("libx264", "yuv444p", "aac", 0)]
    [InlineData("libx264", "yuv444p", "aac", 2)]
    [InlineData("libx264", "yuv420p10le", "aac", 0)]
    [InlineData("libx264", "yuv420p", "libmp3lame", 0)]
    [InlineData("mpeg4", "yuv420p", "aac", 0)]
    public async Task Segment_OfAnMp4ThatNotEveryPlayerPlays_IsEncoded(string video, string pixels, string audio, int bFrames)
    {
        var recorded = await RecordedChunks.OfAsync(2, codecs: ["-c:v", video, "-bf", $"{bFrames}", "-pix_fmt", pixels, "-c:a", audio]);
        await using var host = await PackagerHost.StartAsync();
        var made = await host.MakeAsync(recorded[1]);
        Assert.InRange(made.Seconds, 1.98, 2.02);
        var written = host.Written!;
        var configuration = written.AsSpan(written.AsSpan().IndexOf("avcC"u8) + 4);
        Assert.Equal((100, 1), (configuration[1], written.AsSpan().IndexOf("mp4a"u8) > 0 ? 1 : 0));
    }

    /// <summary>Sound that begins late and is encoded lasts as long as it was recorded.</summary>
    [Fact]
    public async Task Segment_WhoseSoundBeginsLateAndIsEncoded_EndsWithItsPictures()
    {
        var recorded = await RecordedChunks.OfAsync(1, codecs: ["-c:v", "libx264", "-bf", "0", "-pix_fmt", "yuv420p", "-c:a", "libmp3lame", "-af", "atrim=start=0.3"]);
        await using var host = await PackagerHost.StartAsync();
        var made = await host.MakeAsync(recorded[0]);
        var sound = made.Tracks[1];
        Assert.InRange((double)sound.Start / sound.Timescale, 0.22, 0.32);
        Assert.InRange((double)(sound.Start + sound.Duration) / sound.Timescale, 1.95, 2.1);
    }

    [Theory]
    [InlineData("mp4", "libx264")]
    [InlineData("mp4", "mpeg4")]
    [InlineData("webm", "libvpx")]
    public async Task Segment_OfAChunkWithoutSound_HasSilenceAsLongAsItsPictures(string suffix, string video)
    {
        string[] pictures = ["-c:v", video, "-pix_fmt", "yuv420p", "-deadline", "realtime"];
        var silent = await RecordedChunks.OfAsync(2, codecs: [.. pictures, "-an"], suffix: suffix);
        var sounding = await RecordedChunks.OfAsync(2, codecs: [.. pictures, "-c:a", "libopus"], suffix: suffix);
        await using var host = await PackagerHost.StartAsync();
        var made = await host.MakeAsync(silent[1]);
        var sound = made.Tracks[1];
        Assert.InRange(made.Seconds, 1.96, 2.04);
        Assert.InRange((double)sound.Duration / sound.Timescale, made.Seconds, made.Seconds + (1024 / 48_000.0));
        // It begins when the pictures are shown, which is later than they are decoded where they are reordered.
        Assert.Equal(suffix == "mp4" && video == "libx264" ? 0.08 : 0, (double)sound.Start / sound.Timescale, 2);
        // Nothing has to be initialised anew where sound comes back.
        Assert.Equal((await host.MakeAsync(sounding[1])).Init, made.Init);
    }

    [Theory]
    [InlineData("no media at all")]
    [InlineData("")]
    public async Task Chunk_ThatIsNoMedia_IsRefusedForGood(string text)
    {
        await using var host = await PackagerHost.StartAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await host.AskAsync(System.Text.Encoding.ASCII.GetBytes(text)));
        Assert.Null(host.Written);
    }

    [Theory]
    [InlineData("http://192.0.2.1/x", null, null, HttpStatusCode.Forbidden)]
    [InlineData("file:///etc/passwd", null, null, HttpStatusCode.BadRequest)]
    [InlineData("http://user@127.0.0.1/x", null, null, HttpStatusCode.BadRequest)]
    [InlineData(null, "mono", null, HttpStatusCode.BadRequest)]
    [InlineData(null, null, 2, HttpStatusCode.BadRequest)]
    public async Task Request_ThatIsWrong_IsRefused(string? input, string? mode, int? version, HttpStatusCode status)
    {
        await using var host = await PackagerHost.StartAsync();
        Assert.Equal(status, await host.AskAsync([1], input, mode, version));
    }

    /// <summary>Frames of a browser's recorder come when they come. By such times ffmpeg guessed 1000 a second, and repeated each of 55 frames until there were 1984.</summary>
    [Fact]
    public async Task Frames_AtTimesOfTheirOwn_AreEncodedOnceEach()
    {
        await using var host = await PackagerHost.StartAsync();
        var path = Path.Combine(host.Folder, "uneven.webm");
        await Ffmpeg.RunAsync("-f", "lavfi", "-i", "testsrc2=size=64x36:rate=30", "-frames:v", "55", "-vf", "settb=1/1000,setpts=N*36+mod(N*17\\,31)", "-vsync", "0", "-enc_time_base", "1:1000", "-c:v", "libvpx", "-deadline", "realtime", path);
        var chunk = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        // A recorder does not know its rate: DefaultDuration (RFC 9559 §5.1.4.1.13) becomes an EBML Void element.
        var declared = chunk.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x23, 0xE3, 0x83, 0x84]);
        Assert.True(declared > 0);
        ((ReadOnlySpan<byte>)[0xEC, 0x86]).CopyTo(chunk.AsSpan(declared));
        await host.MakeAsync(chunk);
        var made = await Ffmpeg.RunAsync("-i", Path.Combine(host.Folder, "made.mp4"), "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-");
        Assert.Equal(55, made.Split('\n').Count(l => l.StartsWith("0,", StringComparison.Ordinal)));
    }

    /// <summary>A store that is full is not the chunk's fault: whoever asked waits, and does not count it as a failure.</summary>
    [Theory]
    [InlineData(503, HttpStatusCode.ServiceUnavailable)]
    [InlineData(429, HttpStatusCode.ServiceUnavailable)]
    [InlineData(500, HttpStatusCode.BadGateway)]
    [InlineData(422, HttpStatusCode.BadGateway)]
    public async Task Segment_ThatCannotBeStored_IsToldByWhoseFaultItIs(int stored, HttpStatusCode told)
    {
        await using var host = await PackagerHost.StartAsync();
        host.Stored = stored;
        Assert.Equal(told, await host.AskAsync((await RecordedChunks.OfAsync(1))[0]));
    }

    /// <summary>A transcoder, and a server at which it reads chunks and writes segments.</summary>
    private sealed class PackagerHost : IAsyncDisposable
    {
        private readonly WebApplication _files;
        private readonly JustInTimeHost _transcoder;
        private readonly string _library;
        private byte[] _chunk = [];

        private PackagerHost(WebApplication files, JustInTimeHost transcoder, string library) => (_files, _transcoder, _library) = (files, transcoder, library);

        /// <summary>A folder of its own.</summary>
        public string Folder => _library;

        public byte[]? Written { get; private set; }

        /// <summary>What a segment that is written is answered with.</summary>
        public int Stored { get; set; } = StatusCodes.Status200OK;

        public static async Task<PackagerHost> StartAsync(params string[] knobs)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var files = builder.Build();
            var library = Directory.CreateTempSubdirectory("live-library-").FullName;
            var host = new PackagerHost(files, await JustInTimeHost.StartAsync(library, knobs), library);
            files.MapGet("/chunk", () => Results.Bytes(host._chunk));
            files.MapPut("/segment", async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                host.Written = body.ToArray();
                context.Response.StatusCode = host.Stored;
            });
            await files.StartAsync();
            return host;
        }

        public async Task<HttpStatusCode> AskAsync(byte[] chunk, string? input = null, string? mode = null, int? version = null)
        {
            _chunk = chunk;
            var root = _files.Urls.Single();
            using var answer = await _transcoder.Client.PostAsJsonAsync(new Uri("/process_stream_chunk", UriKind.Relative), new { input_uri = input ?? $"{root}/chunk", output_uri = $"{root}/segment", mode, contract_version = version });
            return answer.StatusCode;
        }

        public async Task<MadeSegment> MakeAsync(byte[] chunk)
        {
            Assert.Equal(HttpStatusCode.OK, await AskAsync(chunk));
            var path = Path.Combine(_library, "made.mp4");
            await File.WriteAllBytesAsync(path, Written!);
            using var file = File.OpenHandle(path);
            return Assert.NotNull(MadeSegmentReader.Read(file)).Segment;
        }

        public async ValueTask DisposeAsync()
        {
            await _transcoder.DisposeAsync();
            await _files.DisposeAsync();
            Directory.Delete(_library, recursive: true);
        }
    }
}
