using System.Security.Cryptography;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TranscoderStub.Encoders;
using TranscoderStub.JustInTime;
using TranscoderStub.Probing;
using TranscoderStub.Sources;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>What somebody who means ill, or a careless operator, could do: links, files written over, addresses that differ in their query only, crowds.</summary>
public sealed class HostileTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hostile-").FullName;

    private string Library => Path.Combine(_folder, "library");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Library);
        await Ffmpeg.RunAsync("-f", "lavfi", "-i", "sine=440:d=40", In("sound.wav"));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Library_WithLinks_HoldsNothingOfThem()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_folder, "outside")).FullName;
        File.Copy(In("sound.wav"), Path.Combine(outside, "secret.wav"));
        Directory.CreateSymbolicLink(In("away"), outside);
        Directory.CreateSymbolicLink(In("round"), Library);
        File.CreateSymbolicLink(In("link.wav"), Path.Combine(outside, "secret.wav"));
        await using var host = await JustInTimeHost.StartAsync(Library);

        Assert.Equal("sound.wav", Assert.Single(host.Part<MediaLibrary>().MediaIds));
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, "/jit/link.wav/cmaf/manifest.mpd")).Status);
        File.Delete(In("sound.wav"));
        File.CreateSymbolicLink(In("sound.wav"), Path.Combine(outside, "secret.wav"));
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, "/jit/sound.wav/cmaf/manifest.mpd")).Status);
    }

    [Fact]
    public async Task Source_WrittenOverAfterTheStart_IsNotKeptUnderTheOldName()
    {
        await using var host = await JustInTimeHost.StartAsync(Library, "--Transcoder:Encoding:Ahead=00:00:00");
        var (_, body, _) = await host.SendAsync(HttpMethod.Post, "/transcode/start", new { mediaId = "sound.wav" });
        await Ffmpeg.RunAsync("-y", "-f", "lavfi", "-i", "sine=880:d=50", In("sound.wav"));
        var (status, problem, _) = await host.SendAsync(HttpMethod.Get, $"/transcode/{body.GetProperty("transcodeId").GetString()}/a64/seg_00009.m4s");

        Assert.Equal((502, "TRANSCODER_SOURCE_GONE"), (status, problem.GetProperty("code").GetString()));
        Assert.Equal(201, (await host.SendAsync(HttpMethod.Post, "/transcode/start", new { mediaId = "sound.wav" })).Status);
    }

    [Fact]
    public async Task Sources_ThatDifferInTheQueryOnly_AreTwoTitles()
    {
        await using var files = await FilesByQueryAsync();
        await using var host = await JustInTimeHost.StartAsync("");
        var ids = new List<string?>();
        foreach (var file in (string[])["a", "b"])
        {
            var (status, body, _) = await host.SendAsync(HttpMethod.Post, "/transcode/start", new { mediaId = "x", sourceUrl = $"{files.Urls.Single()}/film?file={file}", format = "opus" });
            Assert.Equal(201, status);
            ids.Add(body.GetProperty("transcodeId").GetString());
        }

        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public async Task Source_WithoutATag_ThatBecameLonger_IsNotMixed()
    {
        var longer = false;
        await using var files = await FilesByQueryAsync(() => longer);
        await using var host = await JustInTimeHost.StartAsync("", "--Transcoder:Encoding:Ahead=00:00:00");
        var (_, body, _) = await host.SendAsync(HttpMethod.Post, "/transcode/start", new { mediaId = "x", sourceUrl = $"{files.Urls.Single()}/film?file=a" });
        longer = true;
        var (status, problem, _) = await host.SendAsync(HttpMethod.Get, $"/transcode/{body.GetProperty("transcodeId").GetString()}/a64/seg_00009.m4s");

        Assert.Equal(502, status);
        Assert.Equal("TRANSCODER_SOURCE_GONE", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Titles_OpenedWithoutAStart_PushNoStartedOneOut()
    {
        await using var host = await JustInTimeHost.StartAsync(Library, "--Transcoder:JustInTime:MaxTitles=2");
        var (_, body, _) = await host.SendAsync(HttpMethod.Post, "/transcode/start", new { mediaId = "sound.wav" });
        for (var i = 1; i < 5; i++) await host.SendAsync(HttpMethod.Get, $"/jit/sound.wav/webm-warm-0.{i}/manifest.mpd");

        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, $"/transcode/{body.GetProperty("transcodeId").GetString()}")).Status);
        Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, "/jit/sound.wav/webm-warm-0.4/manifest.mpd")).Status);
    }

    /// <summary>Each has encoders of its own: whoever asks for one source in ever other settings must not have them all at work.</summary>
    [Fact]
    public async Task Titles_OfOneSourceInManySettings_MakeRoomAmongThemselves()
    {
        await using var host = await JustInTimeHost.StartAsync(Library, "--Transcoder:JustInTime:MaxOfSource=2");
        File.Copy(In("sound.wav"), In("other.wav"), overwrite: true);
        var ids = new List<string?>();
        foreach (var (name, share) in new[] { ("other.wav", 0.1), ("sound.wav", 0.1), ("sound.wav", 0.2), ("sound.wav", 0.3) })
        {
            var (_, body, _) = await host.SendAsync(HttpMethod.Post, "/transcode/start", new { mediaId = name, enhanced = true, preset = "warm", intensity = share });
            ids.Add(body.GetProperty("transcodeId").GetString());
        }

        var told = new List<int>();
        foreach (var id in ids) told.Add((await host.SendAsync(HttpMethod.Get, $"/transcode/{id}")).Status);
        Assert.Equal([200, 404, 200, 200], told);
    }

    /// <summary>Whoever cycles through settings must not end the encoder that another one waits for.</summary>
    [Fact]
    public async Task Title_WhoseSegmentIsWaitedFor_MakesNoRoomForOthers()
    {
        // Stands in for ffmpeg: notes that it was started, and does nothing until it is let.
        var tools = Directory.CreateDirectory(Path.Combine(_folder, "tools")).FullName;
        var (started, gate) = (Path.Combine(tools, "started"), Path.Combine(tools, "gate"));
        await WriteToolAsync(tools, "ffprobe", "exec /usr/bin/ffprobe \"$@\"\n");
        await WriteToolAsync(tools, "ffmpeg", $"echo x >> {started}\nwhile [ ! -e {gate} ]; do sleep 0.05; done\nexec /usr/bin/ffmpeg \"$@\"\n");
        await using var host = await JustInTimeHost.StartAsync(Library, "--Transcoder:JustInTime:MaxOfSource=2", "--Transcoder:Encoding:SegmentTimeout=00:03:00", $"--Transcoder:Encoding:ToolFolder={tools}");
        var waiting = host.SendAsync(HttpMethod.Get, "/jit/sound.wav/webm-warm-0.1/a192/seg_00001.webm");
        await Patience.UntilAsync(() => Task.FromResult(File.Exists(started)));
        for (var i = 2; i < 6; i++) Assert.Equal(200, (await host.SendAsync(HttpMethod.Get, $"/jit/sound.wav/webm-warm-0.{i}/manifest.mpd")).Status);
        await File.WriteAllTextAsync(gate, "");

        Assert.Equal(200, (await waiting).Status);
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("ä")]
    [InlineData("a b")]
    public async Task Start_WithATokenThatNoHeaderHolds_Is400(string token)
    {
        await using var host = await JustInTimeHost.StartAsync("");
        var (status, body, _) = await host.SendAsync(HttpMethod.Post, "/transcode/start", new { mediaId = "x", sourceUrl = $"{host.Url}/demo/direct.mp4", sourceToken = token });

        Assert.Equal((400, "TRANSCODER_REQUEST"), (status, body.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Prober_AskedByACrowd_StartsOneProgramATitleAndNoMoreThanItMay()
    {
        // Stands in for ffprobe: notes that it was started, and says nothing until it is let.
        var tools = Directory.CreateDirectory(Path.Combine(_folder, "tools")).FullName;
        var (started, gate) = (Path.Combine(tools, "started"), Path.Combine(tools, "gate"));
        await WriteToolAsync(tools, "ffprobe", $"echo x >> {started}\nwhile [ ! -e {gate} ]; do sleep 0.05; done\nexec /usr/bin/ffprobe \"$@\"\n");
        foreach (var name in (string[])["2.wav", "3.wav"]) File.Copy(In("sound.wav"), In(name));
        await using var host = await JustInTimeHost.StartAsync(
            Library, $"--Transcoder:Encoding:ToolFolder={tools}", "--Transcoder:Encoding:MaxEncoders=2", "--Transcoder:Encoding:MaxQueued=0");
        var asked = ((string[])["sound.wav", "2.wav"]).SelectMany(n => Enumerable.Repeat(n, 10)).Select(n => host.SendAsync(HttpMethod.Get, $"/jit/{n}/cmaf/manifest.mpd")).ToList();
        await Patience.UntilAsync(() => Task.FromResult(File.Exists(started) && File.ReadAllLines(started).Length == 2));
        var refused = await host.SendAsync(HttpMethod.Get, "/jit/3.wav/cmaf/manifest.mpd");
        await File.WriteAllTextAsync(gate, "");

        Assert.Equal((503, "TRANSCODER_BUSY"), (refused.Status, refused.Body.GetProperty("code").GetString()));
        Assert.All(await Task.WhenAll(asked), a => Assert.Equal(200, a.Status));
        Assert.Equal(2, (await File.ReadAllLinesAsync(started)).Length);
    }

    [Fact]
    public async Task Program_Started_SeesNothingOfTheEnvironmentButWhatItNeeds()
    {
        await using var program = ToolProcess.Start("/usr/bin/env", []);
        using var reader = new StreamReader(program.Output);
        var names = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=')[0]);

        Assert.Contains("PATH", names);
        Assert.Empty(names.Except(["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH"]));
    }

    [Fact]
    public async Task Segment_MadeTwice_StaysTheOneThatIsBeingRead()
    {
        await using var host = await JustInTimeHost.StartAsync("");
        var (store, first, second) = (host.Part<SegmentStore>(), new byte[1000], new byte[2000]);
        await store.KeepAsync("t/r/1", first, SHA256.HashData(first));
        var found = (await store.FindAsync("t/r/1", CancellationToken.None))!;
        await store.KeepAsync("t/r/1", second, SHA256.HashData(second));
        Assert.Equal(first, found.Body.ReadAll());
        Assert.Equal(1048, store.Bytes);

        // What takes its place all the same is not served under its name.
        await SegmentFile.WriteAsync(Directory.EnumerateFiles(host.Store, "1.seg", SearchOption.AllDirectories).Single(), second, SHA256.HashData(second));
        Assert.Throws<IOException>(() => found.Body.Open());
    }

    [Theory]
    [InlineData("PUT", "/_stub/faults")]
    [InlineData("POST", "/transcode/start")]
    [InlineData("DELETE", "/transcode/x")]
    public async Task Page_OfAnotherOrigin_MayNotChangeAnything(string method, string path)
    {
        await using var host = await JustInTimeHost.StartAsync("");
        using var request = new HttpRequestMessage(HttpMethod.Options, path)
        {
            Headers = { { "Origin", "http://elsewhere.example" }, { "Access-Control-Request-Method", method }, { "Access-Control-Request-Headers", "content-type" } },
        };
        using var answer = await host.Client.SendAsync(request);

        Assert.DoesNotContain(method, answer.Headers.TryGetValues("Access-Control-Allow-Methods", out var allowed) ? string.Join(',', allowed) : "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9:1", 8192)]
    [InlineData("1:9", 910)]
    [InlineData("1:1", 8192)]
    public void Probe_OfAShapeBeyondAllMeasure_StaysWithinTheLargestSide(string sample, int width)
    {
        var answer = $$"""{"format":{"format_name":"mov,mp4","duration":"5"},"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":8192,"height":2160,"sample_aspect_ratio":"{{sample}}","avg_frame_rate":"25/1"}]}""";

        Assert.Equal(width, ProbeReader.Read(JsonSerializer.Deserialize<JsonElement>(answer), new SourceOptions()).Video!.Width);
    }

    private static async Task WriteToolAsync(string folder, string name, string script)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string In(string name) => Path.Combine(Library, name);

    /// <summary>A server that gives equally long files at one path, told apart by the query, without a tag or a date.</summary>
    private async Task<WebApplication> FilesByQueryAsync(Func<bool>? isLonger = null)
    {
        var sound = await File.ReadAllBytesAsync(In("sound.wav"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/film", (string file) => Results.Bytes(isLonger?.Invoke() == true ? [.. sound, .. sound] : file == "a" ? sound : [.. sound[..^1000], .. new byte[1000]], "audio/wav", enableRangeProcessing: true));
        await app.StartAsync();
        return app;
    }
}
