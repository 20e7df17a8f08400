using System.Globalization;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>Segments that were each made by another encoder, begun anywhere in the source, are one stream without gap, overlap or click.</summary>
public sealed class BorderTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    [Theory]
    [InlineData("film.mp4", "v240", 25, 300)]
    [InlineData("ntsc.mkv", "v240", 29.97, 270)]
    [InlineData("broadcast.ts", "v240", 25, 225)]
    [InlineData("web.webm", "v240", 24, 168)]
    [InlineData("old.avi", "v240", 15, 105)]
    [InlineData("silent.mp4", "v240", 25, 125)]
    [InlineData("odd-keys.mp4", "v240", 25, 225)]
    [InlineData("variable.mp4", "v240", 0, 0)]
    [InlineData("turned.mp4", "v240", 25, 102)]
    public async Task Picture_MadeBackwards_IsOneStreamWithoutGap(string source, string rendition, double rate, int frames)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Encoding:Ahead=00:00:00", "--Transcoder:Encoding:JoinAhead=00:00:00");
        var file = media.In($"{Guid.NewGuid():N}.mp4");
        await File.WriteAllBytesAsync(file, await MadeRendition.FetchAsync(host, $"/jit/{source}/cmaf", rendition, backwards: true));

        var packets = await MadeRendition.PacketsAsync(file);
        await Ffmpeg.RunAsync("-i", file, "-f", "null", "-");

        if (frames > 0) Assert.InRange(packets.Count, frames - 1, frames + 1);
        Assert.Equal(0, packets[0].Time);
        var step = packets[1].Time;
        Assert.All(packets, (p, n) => Assert.Equal(n * step, p.Time));

        // Every segment of two seconds begins with a key frame and has no other.
        var perSegment = packets.FindIndex(1, p => p.Key);
        if (rate > 0) Assert.Equal((int)Math.Round(2 * rate), perSegment);
        Assert.All(packets, (p, n) => Assert.Equal(n % perSegment == 0, p.Key));
    }

    [Theory]
    [InlineData("film.mp4", 12)]
    [InlineData("ntsc.mkv", 9)]
    [InlineData("broadcast.ts", 9)]
    [InlineData("old.avi", 7)]
    [InlineData("odd-keys.mp4", 9)]
    [InlineData("variable.mp4", 8)]
    public async Task Picture_MadeBackwards_ShowsWhatTheSourceShows(string source, int seconds)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Encoding:Ahead=00:00:00", "--Transcoder:Encoding:JoinAhead=00:00:00");
        var file = media.In($"{Guid.NewGuid():N}.mp4");
        await File.WriteAllBytesAsync(file, await MadeRendition.FetchAsync(host, $"/jit/{source}/cmaf", "v240", backwards: true));

        // Both decoded at one frame in 0.2 s; a frame of another moment would differ in the pattern and in its clock.
        var likeness = await Ffmpeg.RunAsync("-i", file, "-i", media.In(source), "-filter_complex",
            "[0:v]fps=5:start_time=0,format=yuv420p[a];[1:v]setpts=PTS-STARTPTS,fps=5:start_time=0,scale=320:240,format=yuv420p[b];[a][b]ssim=f=-", "-f", "null", "-");
        var values = likeness.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => double.Parse(l.Split("All:")[1].Split(' ')[0], CultureInfo.InvariantCulture)).ToList();

        Assert.InRange(values.Count, (seconds * 5) - 2, (seconds * 5) + 2);
        Assert.All(values, v => Assert.InRange(v, 0.8, 1));
    }

    [Theory]
    [InlineData("film.mp4", "cmaf", "a128", 1024, 48000, 12)]
    [InlineData("ntsc.mkv", "cmaf", "a128", 1024, 44100, 9)]
    [InlineData("broadcast.ts", "cmaf", "a128", 1024, 48000, 9)]
    [InlineData("web.webm", "cmaf", "a128", 1024, 48000, 7)]
    [InlineData("song44.flac", "cmaf", "a256", 1024, 44100, 13)]
    [InlineData("song44.mp3", "cmaf", "a128", 1024, 44100, 13)]
    [InlineData("song48.wav", "cmaf", "a64", 1024, 48000, 13)]
    [InlineData("song44.wav", "opus", "a192", 960, 48000, 13)]
    [InlineData("song48.wav", "opus", "a96", 960, 48000, 13)]
    public async Task Sound_MadeBackwards_IsOneStreamThatSoundsLikeOnePiece(string source, string format, string rendition, int frame, int rate, double seconds)
    {
        string[] apart = ["--Transcoder:Encoding:Ahead=00:00:00", "--Transcoder:Encoding:JoinAhead=00:00:00"];
        await using var host = await JustInTimeHost.StartAsync(media.Folder, apart);
        await using var other = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Encoding:Ahead=00:05:00");
        var (pieces, whole) = (media.In($"{Guid.NewGuid():N}.mp4"), media.In($"{Guid.NewGuid():N}.mp4"));
        await File.WriteAllBytesAsync(pieces, await MadeRendition.FetchAsync(host, $"/jit/{source}/{format}", rendition, backwards: true));
        await File.WriteAllBytesAsync(whole, await MadeRendition.FetchAsync(other, $"/jit/{source}/{format}", rendition, backwards: false));

        Assert.Equal(1, (await other.WorkAsync()).EncodersStarted);
        var packets = await MadeRendition.PacketsAsync(pieces);
        Assert.All(packets, (p, n) => Assert.Equal((long)n * frame, p.Time));
        var (a, b) = (await MadeRendition.DecodeAsync(pieces, media.Folder), await MadeRendition.DecodeAsync(whole, media.Folder));
        Assert.Equal(b.Length, a.Length);

        // As long as the source, give or take a frame at each end (MP3 and TS have rims of their own).
        Assert.InRange(a.Length, (seconds * rate) - (3 * frame), (seconds * rate) + (5 * frame));

        // Matroska tells times in whole milliseconds, so an encoder that begins in its middle is up to half of one off: no gap, but no likeness of waves.
        if (source is "ntsc.mkv" or "web.webm") return;
        Assert.InRange(SignalToDifference(a, b, 4 * frame), 12, double.PositiveInfinity);
        for (var at = 2.0; at < seconds - 0.5; at += 2)
        {
            var border = (int)Math.Ceiling(at * rate / frame) * frame;
            Assert.InRange(SignalToDifference(a.AsSpan(border - frame, 2 * frame), b.AsSpan(border - frame, 2 * frame), 0), 10, double.PositiveInfinity);
        }
    }

    [Fact]
    public async Task Rungs_MixedSegmentBySegment_AreOneStreamUnderOneInit()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        var mixed = new MemoryStream();
        mixed.Write(await host.Client.GetByteArrayAsync("/jit/tall.mp4/cmaf/video/init.mp4"));
        foreach (var path in (string[])["v480/seg_00001", "v360/seg_00002", "v480/seg_00003", "v360/seg_00004"])
            mixed.Write(await host.Client.GetByteArrayAsync($"/jit/tall.mp4/cmaf/{path}.m4s"));
        var file = media.In($"{Guid.NewGuid():N}.mp4");
        await File.WriteAllBytesAsync(file, mixed.ToArray());

        Assert.Empty(await Ffmpeg.RunAsync("-v", "warning", "-xerror", "-i", file, "-f", "null", "-"));
        var frames = await Ffmpeg.ProbeAsync("-show_entries", "frame=pts,height", "-of", "csv=p=0", file);
        var seen = frames.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim(',').Split(',')).ToList();
        Assert.Equal(200, seen.Count);
        Assert.All(seen, (f, n) => Assert.Equal(((n * 3600).ToString(CultureInfo.InvariantCulture), n / 50 % 2 == 0 ? "480" : "360"), (f[0], f[1])));
    }

    [Theory]
    [InlineData("2", "0.1", 50, 10)]
    [InlineData("4", "0.1", 100, 10)]
    [InlineData("3", "0.333", 75, 3)]
    [InlineData("2", "1", 50, 1)]
    public async Task Segment_OfAConfiguredLength_HasFragmentsOfItsShare(string seconds, string ratio, int frames, int fragments)
    {
        await using var host = await JustInTimeHost.StartAsync(
            media.Folder, $"--SEGMENTED_LOCAL_SEG_DURATION_SEC={seconds}", $"--SEGMENTED_DASH_FRAGMENT_DURATION_RATIO={ratio}", "--Transcoder:Encoding:Ahead=00:00:00");
        var mpd = await host.Client.GetStringAsync("/jit/film.mp4/cmaf/manifest.mpd");
        var segment = await host.Client.GetByteArrayAsync("/jit/film.mp4/cmaf/v240/seg_00002.m4s");
        var times = FragmentTimes.DecodeTimes(segment);

        Assert.Contains($"d=\"{frames * 3600}\"", mpd, StringComparison.Ordinal);
        Assert.Equal(frames * 3600, times[0]);
        Assert.Equal(fragments, times.Count);
    }

    [Theory]
    [InlineData("long48.flac")]
    [InlineData("long44.flac")]
    public async Task Chunks_OfThirtySeconds_JoinToTheSourceAndTellTheirSamples(string source)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Encoding:Ahead=00:00:00", "--Transcoder:Encoding:JoinAhead=00:00:00");
        var track = (await host.SendAsync(HttpMethod.Get, $"/jit/{source}/webm/track.json")).Body;
        Assert.Equal(4, track.GetProperty("totalChunks").GetInt32());
        Assert.Equal(5, track.GetProperty("chunks")[3].GetProperty("duration").GetDouble(), 0.021);

        var joined = new MemoryStream();
        var chunks = new byte[4][];
        for (var n = 4; n >= 1; n--)
        {
            using var answer = await host.Client.GetAsync($"/jit/{source}/webm/a192/seg_{n:D5}.webm");
            Assert.Equal("audio/webm; codecs=\"opus\"", answer.Content.Headers.ContentType?.ToString());
            Assert.Equal(((n - 1) * 1_440_000).ToString(CultureInfo.InvariantCulture), answer.Headers.GetValues("X-Start-Sample-Offset").Single());
            var file = media.In($"{Guid.NewGuid():N}.webm");
            chunks[n - 1] = await answer.Content.ReadAsByteArrayAsync();
            await File.WriteAllBytesAsync(file, chunks[n - 1]);
            var start = await Ffmpeg.ProbeAsync("-show_entries", "packet=pts_time", "-read_intervals", "%+#1", "-of", "csv=p=0", file);
            Assert.Equal((n - 1) * 30, double.Parse(start.Split('\n')[0].Trim(','), CultureInfo.InvariantCulture), 0.0005);
            var samples = await MadeRendition.DecodeAsync(file, media.Folder);
            if (n < 4) Assert.Equal(1_440_000, samples.Length);
        }

        // The source itself is the judge: 7 ms of shift at 44.1 kHz would turn a sweep of a kilohertz upside down.
        // As in a player, one decoder hears all chunks; the heads of the later ones say nothing new.
        foreach (var chunk in chunks) joined.Write(joined.Length == 0 ? chunk : chunk.AsSpan(chunk.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x1F, 0x43, 0xB6, 0x75])));
        var whole = media.In($"{Guid.NewGuid():N}.webm");
        await File.WriteAllBytesAsync(whole, joined.ToArray());
        var all = await MadeRendition.DecodeAsync(whole, media.Folder);
        var reference = media.In($"{Guid.NewGuid():N}.wav");
        await Ffmpeg.RunAsync("-i", media.In(source), "-ar", "48000", reference);
        var wanted = await MadeRendition.DecodeAsync(reference, media.Folder);
        Assert.InRange(all.Length, wanted.Length, wanted.Length + 960);
        Assert.InRange(SignalToDifference(all.AsSpan(0, wanted.Length), wanted, 4800), 20, double.PositiveInfinity);
        for (var border = 1_440_000; border < wanted.Length; border += 1_440_000)
        {
            Assert.InRange(SignalToDifference(all.AsSpan(border - 960, 1920), wanted.AsSpan(border - 960, 1920), 0), 15, double.PositiveInfinity);
        }
    }

    /// <summary>Decibels of the second signal over the difference of both, without the rims.</summary>
    internal static double SignalToDifference(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int rim)
    {
        double signal = 1, difference = 1;
        for (var i = rim; i < Math.Min(a.Length, b.Length) - rim; i++)
        {
            signal += (double)b[i] * b[i];
            difference += (double)(a[i] - b[i]) * (a[i] - b[i]);
        }

        return 10 * Math.Log10(signal / difference);
    }
}
