using System.Globalization;
using System.Text.Json;
using Gateway.FunctionalTests.Live;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The capture page with Chromium's fake camera: what it uploads is clean, plays in a second page, and outlives the network.</summary>
public sealed class CaptureTests(ChromiumWithCamera chromium) : IClassFixture<ChromiumWithCamera>
{
    [Fact]
    public async Task Capture_FromStartToStop_PlaysInASecondPageAndOutlivesTheNetwork()
    {
        await using var host = await LiveHost.StartAsync();
        await using var capture = await CapturePage.OpenAsync(chromium, host.Gateway.Url);
        await capture.StartAsync();
        await capture.UntilAsync("s.phase === 'recording' && s.queue.sent >= 2");
        Assert.Contains("/stream/", await capture.Page.InputValueAsync("#playlist"), StringComparison.Ordinal);

        await using var viewer = await chromium.OpenAsync(host.Gateway.Url);
        await viewer.Page.GotoAsync(new Uri(new Uri(capture.Page.Url), await capture.Page.GetAttributeAsync("#watch", "href")).ToString());
        await viewer.UntilAsync("s.startupSeconds !== null", Common.Patience.Deadline);

        await capture.Page.Context.SetOfflineAsync(true);
        var away = await capture.UntilAsync("s.queue.phase === 'waiting' && s.queue.waiting >= 4");
        Assert.Contains("tried again by itself", await capture.MessageAsync("notice"), StringComparison.Ordinal);
        await capture.Page.Context.SetOfflineAsync(false);
        var back = await capture.UntilAsync("s.queue.sent >= 8 && s.queue.waiting <= 1");
        Assert.Equal(0, back.GetProperty("queue").GetProperty("dropped").GetInt32());

        var seen = await viewer.StateAsync();
        var on = await viewer.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"s.position > {seen.Position} + 2"), Common.Patience.Deadline);
        Assert.Null(on.FatalError);
        await capture.Page.ClickAsync("#stop");
        var end = await capture.UntilAsync("s.phase === 'ended'");

        Assert.Equal("null", end.GetProperty("failure").GetRawText());
        Assert.Equal(end.GetProperty("queue").GetProperty("recorded").GetInt32(), end.GetProperty("queue").GetProperty("sent").GetInt32());
        Assert.True(end.GetProperty("queue").GetProperty("recorded").GetInt32() > away.GetProperty("queue").GetProperty("recorded").GetInt32());
        Assert.Empty(capture.Violations);
        Assert.Empty(viewer.Violations);
        await JudgeAsync(host, end);
    }

    [Fact]
    public async Task Capture_WithoutEncodersOfItsOwn_UploadsCleanChunksAllTheSame()
    {
        await using var host = await LiveHost.StartAsync();
        await using var capture = await CapturePage.OpenAsync(chromium, host.Gateway.Url, "source=camera&quality=480&chunk=1&recorder=media-recorder");
        await capture.StartAsync();
        await capture.UntilAsync("s.queue.sent >= 3");
        await capture.Page.ClickAsync("#stop");

        var end = await capture.UntilAsync("s.phase === 'ended'");

        Assert.Equal("null", end.GetProperty("failure").GetRawText());
        await JudgeAsync(host, end, isExact: false);
    }

    /// <summary>Pictures of eight seconds, cut each second. What a chunk waited for is how much of the pictures had come when it was done, and of the sound it has what belongs to it.</summary>
    [Theory]
    [InlineData("late", "3.5+ 4.5+ 5.5+", 2.5)]
    [InlineData("gone after 2 s", "1.0+ 5.0+ 5.0- 5.0- 5.0- 6.0- 7.0-", 0)]
    [InlineData("never", "3.1- 3.1- 3.1- 4.0- 5.0-", 0)]
    public async Task Chunk_WhoseSoundIsLate_WaitsForItAndForNoneThatIsGone(string sound, string done, double late)
    {
        await using var host = await LiveHost.StartAsync();
        await using var capture = await CapturePage.OpenAsync(chromium, host.Gateway.Url);

        var seen = await capture.Page.EvaluateAsync<string>(
            """
            async ([sound, late]) => {
              const { ChunkAssembler } = await import('/capture/chunk-assembler.js');
              const seen = [];
              let now = 0;
              const chunks = new ChunkAssembler(true, chunk => seen.push([now / 1e6, chunk]));
              const data = new Uint8Array(8);
              const config = { timescale: 48000, description: data, width: 2, height: 2, channels: 1, sampleRate: 48000 };
              const isThere = time => sound === 'late' || (sound !== 'never' && time < 2e6);
              for (now = 0; now <= 8e6; now += 1e5) {
                if (now % 1e6 === 0) {
                  chunks.cutAt(now);
                }
                chunks.addPicture({ data, time: now, isKey: now % 1e6 === 0 }, { ...config, entry: 'avc1' });
                const heard = now - late * 1e6;
                if (heard >= 0 && isThere(heard)) {
                  chunks.addSound({ data, time: heard, duration: 1e5, isKey: true }, { ...config, entry: 'mp4a' });
                }
              }
              const told = [];
              for (const [at, chunk] of seen) {
                const text = new TextDecoder('latin1').decode(await chunk.arrayBuffer());
                told.push(`${at.toFixed(1)}${text.includes('mp4a') ? '+' : '-'}`);
              }
              return told.join(' ');
            }
            """,
            new object[] { sound, late });

        Assert.StartsWith(done, seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capture_OfATab_EndsWithItsLastChunkWhenTheSharingIsStopped()
    {
        await using var host = await LiveHost.StartAsync();
        await using var capture = await CapturePage.OpenAsync(chromium, host.Gateway.Url, "source=window&sound=none&quality=480&chunk=1");
        await capture.StartAsync();
        await capture.UntilAsync("s.queue.sent >= 2");
        // A track that its source ends says so; one that a script stops does not.
        await capture.Page.EvaluateAsync("() => { const [track] = document.querySelector('#preview').srcObject.getTracks(); track.stop(); track.dispatchEvent(new Event('ended')); }");

        var end = await capture.UntilAsync("s.phase === 'ended'");

        Assert.Contains("The source has ended", await capture.MessageAsync("notice"), StringComparison.Ordinal);
        await JudgeAsync(host, end);
    }

    [Fact]
    public async Task Capture_OfAPictureThatStandsStillAndChangesItsSize_MakesChunksAllTheSame()
    {
        const string canvas =
            """
            navigator.mediaDevices.getDisplayMedia = async () => {
              const canvas = document.createElement('canvas');
              const stream = canvas.captureStream(0);
              window.show = (width, height) => {
                Object.assign(canvas, { width, height });
                canvas.getContext('2d').fillRect(0, 0, width / 2, height);
                stream.getVideoTracks()[0].requestFrame();
              };
              return stream;
            };
            """;
        await using var host = await LiveHost.StartAsync();
        await using var capture = await CapturePage.OpenAsync(chromium, host.Gateway.Url, "source=window&quality=480&chunk=1", canvas);
        await capture.StartAsync();
        await capture.UntilAsync("s.phase === 'recording'");
        Assert.Contains("no sound", await capture.MessageAsync("notice"), StringComparison.Ordinal);
        await capture.Page.EvaluateAsync("() => window.show(320, 180)");
        await capture.UntilAsync("s.queue.sent >= 2");
        await capture.Page.EvaluateAsync("() => window.show(201, 121)");
        await capture.UntilAsync("s.queue.sent >= 5");
        await capture.Page.ClickAsync("#stop");

        var end = await capture.UntilAsync("s.phase === 'ended'");

        var judge = await JudgeAsync(host, end);
        Assert.Equal(1, judge.Entries.Count(e => e.Contains("#EXT-X-DISCONTINUITY", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Capture_WhenRetriesRunOut_AsksAndDropsOnlyThatChunk()
    {
        await using var host = await LiveHost.StartAsync("--Gateway:Live:GapAfter=00:00:01");
        await using var capture = await CapturePage.OpenAsync(chromium, host.Gateway.Url, "source=camera&sound=none&quality=480&chunk=1&patience=0");
        await capture.StartAsync();
        await capture.UntilAsync("s.queue.sent >= 1");
        await capture.Page.Context.SetOfflineAsync(true);
        var asked = await capture.UntilAsync("s.queue.phase === 'asking' && s.queue.waiting >= 2");
        Assert.Contains("What shall become of chunk", await capture.MessageAsync("question"), StringComparison.Ordinal);
        Assert.Equal("recording", asked.GetProperty("phase").GetString());

        await capture.Page.ClickAsync("#retry");
        await capture.UntilAsync("s.queue.phase === 'asking' && s.queue.waiting >= 3");
        await capture.Page.ClickAsync("#drop");
        await capture.UntilAsync($"s.queue.dropped === 1 && s.queue.phase === 'asking' && s.queue.index === {asked.GetProperty("queue").GetProperty("index").GetInt32() + 1}");
        await capture.Page.Context.SetOfflineAsync(false);
        await capture.UntilAsync("s.queue.waiting === 0");
        await capture.Page.ClickAsync("#stop");
        var end = await capture.UntilAsync("s.phase === 'ended'");

        Assert.Equal(1, end.GetProperty("queue").GetProperty("dropped").GetInt32());
        await JudgeAsync(host, end, gaps: 1);
    }

    /// <summary>Each chunk decodes by itself and begins with a key frame, together they last as long as the recording, and the playlist has all of them.</summary>
    private static async Task<LivePlaylistJudge> JudgeAsync(LiveHost host, JsonElement end, bool isExact = true, int gaps = 0)
    {
        var id = end.GetProperty("playlistUrl").GetString()!.Split('/')[4];
        var chunks = Directory.GetFiles(Path.Combine(host.Folder, "stream_input", id)).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(end.GetProperty("queue").GetProperty("sent").GetInt32(), chunks.Length);
        var seconds = 0.0;
        foreach (var chunk in chunks)
        {
            // Every frame is decoded, and what ffmpeg has to say of it fails the test.
            Assert.Matches(@"^[1-9]", await Ffmpeg.ProbeAsync("-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", chunk));
            var first = await Ffmpeg.ProbeAsync("-select_streams", "v:0", "-read_intervals", "%+#1", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", chunk);
            // A MediaRecorder sets zero by whichever track comes first; the picture may begin a moment behind the sound.
            Assert.Matches(isExact ? @"^0\.0+,K" : @"^0\.0\d+,K", first);
            if (isExact) seconds += double.Parse(await Ffmpeg.ProbeAsync("-select_streams", "v:0", "-show_entries", "stream=duration", "-of", "csv=p=0", chunk), CultureInfo.InvariantCulture);
        }

        if (isExact && gaps == 0) Assert.Equal(end.GetProperty("seconds").GetDouble(), seconds, 0.05);
        var playlist = new Uri(end.GetProperty("playlistUrl").GetString()!);
        var judge = new LivePlaylistJudge();
        await Common.Patience.UntilAsync(async () =>
        {
            judge.Take(StreamUploader.Bare(await host.Client.GetStringAsync(new Uri(playlist.PathAndQuery, UriKind.Relative))));
            return judge.HasEnded;
        });
        Assert.Equal(end.GetProperty("queue").GetProperty("recorded").GetInt32(), judge.Entries.Count);
        Assert.Equal(gaps, judge.Gaps);
        return judge;
    }
}
