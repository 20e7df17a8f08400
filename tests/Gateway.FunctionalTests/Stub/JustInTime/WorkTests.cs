using System.Net;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>What is made, how often, and what ends it.</summary>
public sealed class WorkTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    private const string Segment = "/jit/film.mp4/cmaf/v240/seg_00003.m4s";
    private const string Alone = "--Transcoder:Encoding:Ahead=00:00:00";

    [Fact]
    public async Task Segment_AskedTenTimesBesideAndAfterEachOther_IsMadeOnce()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Encoding:IdleTimeout=00:00:00.2");
        var beside = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.Client.GetByteArrayAsync(Segment)));
        await host.UntilWorkAsync(w => w.Running == 0);
        var made = (await host.WorkAsync()).SegmentsMade;
        for (var i = 0; i < 10; i++) Assert.Equal(beside[0], await host.Client.GetByteArrayAsync(Segment));

        var work = await host.WorkAsync();
        Assert.All(beside, b => Assert.Equal(beside[0], b));
        Assert.Equal(1, work.EncodersStarted);
        Assert.Equal(made, work.SegmentsMade);
    }

    [Fact]
    public async Task Segment_PartAskedForByDate_IsAnsweredWithTheWhole()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, Alone);
        using var playlist = await host.Client.GetAsync("/jit/film.mp4/cmaf/v240/index.m3u8");
        using var whole = await host.Client.GetAsync(Segment);
        using var byDate = new HttpRequestMessage(HttpMethod.Get, Segment) { Headers = { Range = new(10, null), IfRange = new(playlist.Content.Headers.LastModified!.Value) } };
        using var byTag = new HttpRequestMessage(HttpMethod.Get, Segment) { Headers = { Range = new(10, null), IfRange = new(whole.Headers.ETag!) } };
        using var dated = await host.Client.SendAsync(byDate);
        using var tagged = await host.Client.SendAsync(byTag);

        // Made again it has other bytes, and the title's date is the same: only the tag tells (RFC 9110 section 13.1.5).
        Assert.Equal((null, HttpStatusCode.OK, HttpStatusCode.PartialContent), (whole.Content.Headers.LastModified, dated.StatusCode, tagged.StatusCode));
    }

    [Fact]
    public async Task Title_PlayedByTwoBesideEachOther_HasEverySegmentMadeOnce()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        await Task.WhenAll(
            MadeRendition.FetchAsync(host, "/jit/film.mp4/cmaf", "v240", backwards: false),
            MadeRendition.FetchAsync(host, "/jit/film.mp4/cmaf", "v240", backwards: false));

        Assert.Equal(6, (await host.WorkAsync()).SegmentsMade);
    }

    [Fact]
    public async Task Store_OfAnEarlierRun_IsServedWithoutWork()
    {
        await using var first = await JustInTimeHost.StartAsync(media.Folder, Alone);
        var made = await first.Client.GetByteArrayAsync(Segment);
        await using var second = await JustInTimeHost.StartAsync(media.Folder, Alone, $"--Transcoder:Store:Path={first.Store}");

        Assert.Equal(made, await second.Client.GetByteArrayAsync(Segment));
        Assert.Equal(0, (await second.WorkAsync()).EncodersStarted);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("changed")]
    [InlineData("empty")]
    [InlineData("deleted")]
    public async Task StoredSegment_Damaged_IsMadeAgainAndNeverServed(string how)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, Alone);
        var length = (await host.Client.GetByteArrayAsync(Segment)).Length;
        await host.UntilWorkAsync(w => w.Running == 0 || w.SegmentsKept > 0);
        var file = Directory.EnumerateFiles(host.Store, "000002.seg", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file);
        if (how == "changed") bytes[1000] ^= 1;
        if (how == "deleted") File.Delete(file);
        else await File.WriteAllBytesAsync(file, how == "empty" ? [] : bytes[..^(how == "cut" ? 100 : 0)]);

        using var again = await host.Client.GetAsync(Segment);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.InRange((await again.Content.ReadAsByteArrayAsync()).Length, length / 2, length * 2);
        var work = await host.WorkAsync();
        Assert.Equal(2, work.EncodersStarted);
        Assert.Equal(how == "deleted" ? 0 : 1, work.CorruptFound);
    }

    [Fact]
    public async Task Encoder_KilledInMidSegment_IsA502WithAHintAndLeavesNothing()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, Alone);
        var title = await host.StartStalledAsync();
        var files = Directory.EnumerateFiles(host.Store, "*", SearchOption.AllDirectories).Count();
        var asked = host.Client.GetAsync($"{title}/v360/seg_00001.m4s");
        await FfmpegProcesses.KillAsync("libx264", host.Url);
        using var answer = await asked;

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("TRANSCODER_ENCODER_FAILED", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal(files, Directory.EnumerateFiles(host.Store, "*", SearchOption.AllDirectories).Count());
        await host.HealAsync();
        using var again = await host.Client.GetAsync($"{title}/v360/seg_00001.m4s");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Asker_WhoHangsUp_EndsTheEncoder()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        var title = await host.StartStalledAsync();
        using var patience = new CancellationTokenSource();
        var asked = host.Client.GetAsync($"{title}/v360/seg_00001.m4s", patience.Token);
        await host.UntilWorkAsync(w => w.Running == 1);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        await host.UntilWorkAsync(w => w is { Running: 0, EncodersCancelled: 1, SegmentsMade: 2 });
    }

    [Fact]
    public async Task Asker_WhoHangsUpBesideAnother_LeavesTheOtherItsSegment()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, Alone);
        var path = $"{await host.StartStalledAsync()}/v360/seg_00001.m4s";
        using var patience = new CancellationTokenSource();
        var leaver = host.Client.GetAsync(path, patience.Token);
        await host.UntilWorkAsync(w => w.Running == 1);
        var stayer = host.Client.GetAsync(path);
        await Patience.UntilAsync(() => Task.FromResult(host.Part<TranscoderStub.Requests.RequestLog>().Snapshot().Count(r => r.Path == path) == 2));
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        await host.HealAsync();

        // What hung still hangs; the source's reader gives up on it and asks again, or the encoder's time is up: here it is killed, and the stayer is told.
        await FfmpegProcesses.KillAsync("libx264", host.Url);
        using var answer = await stayer;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal((3, 0), ((int)(await host.WorkAsync()).EncodersStarted, (int)(await host.WorkAsync()).EncodersCancelled));
    }

    [Fact]
    public async Task Stop_WhileSomebodyWaits_TellsItAtOnce()
    {
        var host = await JustInTimeHost.StartAsync(media.Folder);
        using var client = new HttpClient { BaseAddress = new Uri(host.Url), Timeout = Patience.Deadline };
        var asked = client.GetAsync($"{await host.StartStalledAsync()}/v360/seg_00001.m4s");
        await host.UntilWorkAsync(w => w.Running == 1);
        await host.DisposeAsync();

        using var answer = await asked;
        Assert.False(answer.IsSuccessStatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Encoder_ThatIsStuck_IsKilledAndToldAsTransient()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Encoding:SegmentTimeout=00:00:05");
        var title = await host.StartStalledAsync();
        var (status, body, answer) = await host.SendAsync(HttpMethod.Get, $"{title}/v360/seg_00001.m4s");

        Assert.Equal((502, true), (status, body.GetProperty("transient").GetBoolean()));
        Assert.NotNull(answer.Headers.RetryAfter);
        await host.UntilWorkAsync(w => w.Running == 0);
    }

    [Fact]
    public async Task Encoder_FarAhead_RestsAndEndsWhenNobodyComes()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Encoding:Ahead=00:00:04", "--Transcoder:Encoding:IdleTimeout=00:00:00.3");
        await host.Client.GetByteArrayAsync("/jit/film.mp4/cmaf/v240/seg_00001.m4s");
        await host.UntilWorkAsync(w => w.Running == 0);

        Assert.Equal(3, (await host.WorkAsync()).SegmentsMade);
    }

    [Theory]
    [InlineData(0, "00:00:10")]
    [InlineData(5, "00:00:00.2")]
    public async Task Encoders_AllBusyAndQueueFullOrTooLong_IsA503WithAHint(int queue, string wait)
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Encoding:MaxEncoders=2", $"--Transcoder:Encoding:MaxQueued={queue}", $"--Transcoder:Encoding:QueueTimeout={wait}");
        var title = await host.StartStalledAsync();
        using var patience = new CancellationTokenSource();
        var asked = ((string[])["v360", "a128"]).Select(r => host.Client.GetAsync($"{title}/{r}/seg_00001.m4s", patience.Token)).ToList();
        await host.UntilWorkAsync(w => w.Running == 2);
        using var refused = await host.Client.GetAsync("/jit/film.mp4/cmaf/v240/seg_00006.m4s");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await host.WorkAsync()).AskersRefused);
        await patience.CancelAsync();
        foreach (var one in asked) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
    }

    [Fact]
    public async Task Encoder_ThatRests_MakesRoomForAnother()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Encoding:Ahead=00:00:02", "--Transcoder:Encoding:MaxEncoders=1");
        await host.Client.GetByteArrayAsync("/jit/film.mp4/cmaf/v240/seg_00001.m4s");
        await host.Client.GetByteArrayAsync("/jit/odd-keys.mp4/cmaf/v240/seg_00001.m4s");

        Assert.Equal(2, (await host.WorkAsync()).EncodersStarted);
    }

    [Fact]
    public async Task Store_ThatIsFull_CostsWorkAndNoAnswer()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Store:MaxBytes=1000");
        var film = await MadeRendition.FetchAsync(host, "/jit/film.mp4/cmaf", "v240", backwards: false);

        var work = await host.WorkAsync();
        Assert.True(film.Length > 10_000);
        // The initialisation section, of less than a kilobyte, is all that there is room for.
        Assert.Equal((1, 6), (work.SegmentsKept, work.SegmentsMade));
        Assert.True(work.StoredBytes <= 1000);
        Assert.Equal(1, work.EncodersStarted);
    }

    [Fact]
    public async Task Disk_FullInEarnest_CostsWorkAndNoAnswer()
    {
        using var disk = SmallDisk.Mount(kilobytes: 200);
        await using var host = await JustInTimeHost.StartAsync(media.Folder, $"--Transcoder:Store:Path={disk.Folder}");
        var film = await MadeRendition.FetchAsync(host, "/jit/film.mp4/cmaf", "v240", backwards: false);

        var work = await host.WorkAsync();
        Assert.True(film.Length > 400_000, $"The film of {film.Length} bytes fits onto the disk.");
        Assert.InRange(work.SegmentsNotKept, 1, 10);
        Assert.Equal(work.StoredBytes, Directory.EnumerateFiles(disk.Folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length));
    }

    [Fact]
    public async Task Disk_BelowItsFloor_CostsWorkAndNoAnswer()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, $"--Transcoder:Store:FreeSpaceFloor={1L << 50}");
        await host.Client.GetByteArrayAsync(Segment);

        var work = await host.WorkAsync();
        Assert.Equal((0, 1, 0), (work.SegmentsKept, work.SegmentsNotKept, work.StoredBytes));
    }

    [Fact]
    public async Task Store_OverItsBound_LetsTheLeastUsedGo()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder, "--Transcoder:Store:MaxBytes=300000", "--Transcoder:Store:MinAge=00:00:00");
        await MadeRendition.FetchAsync(host, "/jit/film.mp4/cmaf", "v240", backwards: false);
        await MadeRendition.FetchAsync(host, "/jit/odd-keys.mp4/cmaf", "v240", backwards: false);

        var work = await host.WorkAsync();
        Assert.InRange(work.StoredBytes, 1, 300_000);
        Assert.Equal(work.StoredBytes, Directory.EnumerateFiles(host.Store, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length));
        Assert.True(work.SegmentsKept > 0);
    }

    [Fact]
    public async Task Manifests_OfATitle_AreThereBeforeAnythingIsMade()
    {
        await using var host = await JustInTimeHost.StartAsync(media.Folder);
        foreach (var manifest in (string[])["master.m3u8", "manifest.mpd", "v240/index.m3u8", "a128/index.m3u8", "track.json"])
        {
            using var answer = await host.Client.GetAsync($"/jit/film.mp4/cmaf/{manifest}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(0, (await host.WorkAsync()).EncodersStarted);
    }
}
