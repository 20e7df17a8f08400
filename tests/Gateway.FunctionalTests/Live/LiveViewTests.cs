using System.Globalization;
using System.Net;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Live;

/// <summary>What viewers get over HTTP besides the whole stream as it is now: windows that slide, delta updates, parts and delays, streams that need a credential, and streams that are over.</summary>
public sealed class LiveViewTests
{
    private const int ChunkSeconds = 2;

    [Fact]
    public async Task Window_ThatSlides_KeepsItsLengthAndCountsWhatHasLeft()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        var clock = ManualTimeProvider.FromNow();
        await using var host = await LiveHost.StartAsync(null, clock, "--Gateway:Live:KeepInput=00:00:00");
        var stream = await host.CreateAsync(new { chunk_duration_sec = ChunkSeconds, window_sec = 6 });
        string list = "", first = "";
        for (var i = 0; i < 10; i++)
        {
            await stream.SendAsync(i, recorded[i % 6]);
            await Patience.UntilAsync(async () => (list = await stream.LoadAsync()).Contains($"seg_{i:D5}", StringComparison.Ordinal));
            if (i == 0) first = list.Split('\n').Single(l => l.EndsWith("seg_00000.mp4", StringComparison.Ordinal));
            Assert.InRange(stream.Judge.Entries.Count, 1, 4);
        }

        Assert.DoesNotContain("#EXT-X-PLAYLIST-TYPE", list, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:{10 - stream.Judge.Entries.Count}\n"), list, StringComparison.Ordinal);
        // What left the window long ago is deleted while the stream goes on; the sweep looks each ten seconds.
        await SweptAsync(clock, () => !File.Exists(Path.Combine(host.Folder, "stream_output", stream.Id, "seg_00000.mp4")) && !File.Exists(Path.Combine(host.Folder, "stream_input", stream.Id, "chunk_00000.mp4")));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync((await stream.SegmentsAsync())[0])).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync(first.Replace("seg_00000", "seg_00001", StringComparison.Ordinal))).StatusCode);
    }

    [Fact]
    public async Task Stream_AskedForInPartsAndLater_IsTheSameStream()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        var clock = ManualTimeProvider.FromNow();
        await using var host = await LiveHost.StartAsync(null, clock);
        var stream = await host.CreateAsync(new { chunk_duration_sec = ChunkSeconds });
        LivePlaylistJudge part = new(), delayed = new(), delta = new();
        for (var i = 0; i < 10; i++)
        {
            part.Take(StreamUploader.Bare(await stream.LoadAsync("start=4&end=9")));
            delayed.Take(StreamUploader.Bare(await stream.LoadAsync("delay=7")));
            await stream.SendAsync(i, recorded[i % 6]);
            await stream.UntilAsync(i + 1);
            delta.Take(StreamUploader.Bare(await stream.LoadAsync("_HLS_skip=YES")));
            Assert.Equal(i + 1, delta.Entries.Count);
            clock.Advance(TimeSpan.FromSeconds(ChunkSeconds));
        }

        Assert.Contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=", await stream.LoadAsync("_HLS_skip=YES"), StringComparison.Ordinal);
        part.Take(StreamUploader.Bare(await stream.LoadAsync("start=4&end=9")));
        Assert.Equal(["seg_00002.mp4", "seg_00003.mp4", "seg_00004.mp4"], part.Entries.Select(e => e[(e.LastIndexOf('\n') + 1)..]));
        Assert.True(part.HasEnded);
        delayed.Take(StreamUploader.Bare(await stream.LoadAsync("delay=7")));
        Assert.Equal(7, delayed.Entries.Count);
        await stream.EndAsync();
        await stream.UntilEndAsync();
        delayed.Take(StreamUploader.Bare(await stream.LoadAsync("delay=7")));
        Assert.False(delayed.HasEnded);
        clock.Advance(TimeSpan.FromSeconds(8));
        delayed.Take(StreamUploader.Bare(await stream.LoadAsync("delay=7")));
        Assert.True(delayed.HasEnded);
        Assert.Equal(150, await LivePlayTests.FramesAsync(host.Gateway.Url, $"{stream.Playlist}?start=4&end=9"));
    }

    [Fact]
    public async Task Stream_InTokenMode_IsUploadedWithOneTokenAndWatchedWithAnother()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, KeySet, TestContext.Current.CancellationToken);
            var recorded = await RecordedChunks.OfAsync(6);
            var clock = ManualTimeProvider.FromNow();
            await using var host = await LiveHost.StartAsync(null, clock, "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}", "--Gateway:Live:IdleTimeout=05:00:00");
            using var stranger = host.Gateway.NewClient();
            using var refused = await stranger.PostAsync("/stream_sessions", null, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            using var owner = WithToken(host.Gateway, "ada", "");
            var stream = await StreamUploader.CreateAsync(owner);
            var other = await StreamUploader.CreateAsync(owner);
            stream.Client = other.Client = stranger;
            Assert.Contains("?watch=", stream.Playlist, StringComparison.Ordinal);

            // The upload token needs no credential beside it, and is renewed before it is over.
            await stream.SendAsync(0, recorded[0]);
            clock.Advance(TimeSpan.FromMinutes(50));
            var old = stream.Token;
            using (var renewed = await stream.PostAsync("token"))
            {
                Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
                stream.Token = System.Text.Json.JsonDocument.Parse(await renewed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("token").GetString()!;
            }

            clock.Advance(TimeSpan.FromMinutes(15));
            Assert.Equal(HttpStatusCode.Unauthorized, (await stream.PutAsync(1, recorded[1], old)).StatusCode);
            await stream.SendAsync(1, recorded[1]);

            // The address that the create gave plays; without its capability, with that of another stream, or with the upload token, nothing does.
            await stream.UntilAsync(2);
            using var segment = await stranger.GetAsync((await stream.SegmentsAsync())[1], TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, segment.StatusCode);
            var bare = stream.Playlist[..stream.Playlist.IndexOf('?', StringComparison.Ordinal)];
            var foreign = other.Playlist[other.Playlist.IndexOf('?', StringComparison.Ordinal)..];
            foreach (var query in new[] { "", foreign, $"?watch={stream.Token}", "?watch=x" })
            {
                using var closed = await stranger.GetAsync(bare + query, TestContext.Current.CancellationToken);
                Assert.True(closed.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{query}: {closed.StatusCode}");
            }

            // Whoever has a credential needs no capability.
            using var watched = await owner.GetAsync(bare, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, watched.StatusCode);
        }
        finally
        {
            File.Delete(keys);
        }
    }

    [Fact]
    public async Task Stream_ThatIsOver_IsDeletedStepByStep()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        var clock = ManualTimeProvider.FromNow();
        await using var host = await LiveHost.StartAsync(null, clock, "--Gateway:Live:KeepInput=00:30:00", "--Gateway:Live:KeepOutput=02:00:00", "--Gateway:Live:KeepRecord=05:00:00");
        var stream = await host.CreateAsync();
        for (var i = 0; i < 2; i++) await stream.SendAsync(i, recorded[i]);
        await stream.UntilAsync(2);
        await stream.EndAsync();
        await stream.UntilEndAsync();
        string input = Path.Combine(host.Folder, "stream_input", stream.Id), output = Path.Combine(host.Folder, "stream_output", stream.Id), journal = Path.Combine(host.Folder, "journal", $"{stream.Id}.jsonl");
        Assert.True(Directory.Exists(input) && Directory.Exists(output) && File.Exists(journal));
        clock.Advance(TimeSpan.FromMinutes(31));
        await SweptAsync(clock, () => !Directory.Exists(input));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync((await stream.SegmentsAsync())[0])).StatusCode);

        // Somebody watches when the time is over: the segments stay until he has gone.
        clock.Advance(TimeSpan.FromMinutes(85));
        await stream.LoadAsync();
        clock.Advance(TimeSpan.FromMinutes(8));
        Assert.True(Directory.Exists(output));
        clock.Advance(TimeSpan.FromMinutes(20));
        await SweptAsync(clock, () => !Directory.Exists(output));
        Assert.Equal(HttpStatusCode.Gone, (await host.Client.GetAsync(stream.Playlist)).StatusCode);
        clock.Advance(TimeSpan.FromHours(3));
        await SweptAsync(clock, () => !File.Exists(journal));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync(stream.Playlist)).StatusCode);
    }

    /// <summary>Moves the clock by a look of the sweep at a time until it has done something; it works on its own thread.</summary>
    private static Task SweptAsync(ManualTimeProvider clock, Func<bool> isDone) => Patience.UntilAsync(() =>
    {
        clock.Advance(TimeSpan.FromSeconds(10));
        return Task.FromResult(isDone());
    });
}
