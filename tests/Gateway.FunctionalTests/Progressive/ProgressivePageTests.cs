using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using Gateway.FunctionalTests.Transcoding;
using static Microsoft.Playwright.Assertions;

namespace Gateway.FunctionalTests.Progressive;

/// <summary>The page of tracks in chunks, in a real browser on real chunks that ffmpeg makes meanwhile.</summary>
public sealed class ProgressivePageTests(Chromium chromium, MediaMadeToOrder media) : IClassFixture<Chromium>, IClassFixture<MediaMadeToOrder>
{
    [Fact]
    public async Task Track_InChunks_PlaysOverABorderTakesAnotherSoundAndEnds()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder);
        await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, "track=long48.flac&autoplay=1");
        await page.UntilAsync("player.path === 'mse' && p.firstSoundMs !== null && f.position > 0.5");

        // Over a border.
        await page.DoAsync("p.seek(28)");
        await page.UntilAsync("f.position > 30.5 && f.chunk === 1");
        Assert.Equal(1, (await page.FiguresAsync()).GetProperty("ranges").GetArrayLength());

        // Another sound, from the same place on.
        var before = (await page.FiguresAsync()).GetProperty("position").GetDouble();
        await page.Page.Locator("#enhanced").CheckAsync();
        await Patience.UntilAsync(() => Task.FromResult(new[] { 1, 2, 3 }.All(n => page.Tab.Requests.Any(r => r.Contains($"long48.flac/{n}?enhanced=true&preset=adaptive&intensity=1", StringComparison.Ordinal)))));
        await page.UntilAsync("f.bringing === null");
        var after = (await page.FiguresAsync()).GetProperty("position").GetDouble();
        Assert.True(after >= before, $"It went back from {before} to {after}.");
        Assert.Equal(1, (await page.FiguresAsync()).GetProperty("ranges").GetArrayLength());

        // To the end.
        await page.DoAsync("p.seek(93.5)");
        await page.UntilAsync("f.state === 'ended'");
        var figures = await page.FiguresAsync();
        Assert.True(await page.Page.EvaluateAsync<bool>("window.progressivePlayer.playback.failure === null"));
        Assert.Equal(0, figures.GetProperty("late").GetInt32());
        Assert.Empty(page.Tab.Violations);
    }

    [Fact]
    public async Task Chunk_ThatFailsForAWhile_LeavesNoHole()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Prefetch:Segments=0");
        await host.PutFaultAsync(new { kind = "status", path = "**/seg_00002.webm", status = 502 });
        await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, "track=long48.flac&t=27&autoplay=1");
        await page.UntilAsync("p.trouble !== null");
        await Expect(page.Page.Locator("#failure")).ToBeVisibleAsync();

        await host.Transcoder.HealAsync();
        await page.UntilAsync("f.position > 31 && p.trouble === null");

        var figures = await page.FiguresAsync();
        Assert.Equal(1, figures.GetProperty("ranges").GetArrayLength());
        Assert.NotEqual(0, figures.GetProperty("failures").GetInt32());
        await Expect(page.Page.Locator("#failure")).ToBeHiddenAsync();
    }

    /// <summary>The browser says that it plays such chunks, and does not when it gets them: the next path takes over what the listener has done meanwhile.</summary>
    [Fact]
    public async Task Place_SoughtOnAPathThatDoesNotPlay_IsWhereTheNextPathBegins()
    {
        var titles = Path.Combine(media.Folder, "titles-sought.json");
        await File.WriteAllTextAsync(titles, """[{"id": "song", "name": "Song", "track": "long48.flac", "assets": {"file": "demo/direct.mp4"}}]""", TestContext.Current.CancellationToken);
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Rollout:EngineMode=Segmented", $"--Gateway:Player:TitlesFile={titles}");
        await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, "title=song&autoplay=1", """
            MediaSource.isTypeSupported = () => !window.isSought;
            const held = new Promise(resolve => { window.release = resolve; });
            const fetchNow = window.fetch;
            window.fetch = async (...asked) => {
              if (`${asked[0]}`.includes('/api/library/tracks/')) await held;
              return fetchNow(...asked);
            };
            """);
        await page.UntilAsync("player.path === 'mse'");
        await page.DoAsync("p.seek(12); p.pause(); window.isSought = true; window.release()");

        await page.UntilAsync("player.path !== 'mse' && f.state === 'paused' && f.duration > 30");
        Assert.Equal(12, (await page.FiguresAsync()).GetProperty("position").GetDouble());
        await page.DoAsync("p.play()");
        await page.UntilAsync("p.firstSoundMs !== null && f.position > 12");
        Assert.Empty(page.Tab.Violations);
    }

    [Fact]
    public async Task Title_ThatThePageDoesNotKnow_IsToldAndNoOtherPlays()
    {
        var titles = Path.Combine(media.Folder, "titles-unknown.json");
        await File.WriteAllTextAsync(titles, """[{"id": "song", "name": "Song", "track": "long48.flac", "assets": {}}]""", TestContext.Current.CancellationToken);
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, $"--Gateway:Player:TitlesFile={titles}");
        await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, "title=nothing-like-it&autoplay=1");

        await Expect(page.Page.Locator("#failure")).ToContainTextAsync("This page knows no title “nothing-like-it”");
        await Expect(page.Page.Locator("#open")).ToBeEnabledAsync();
        Assert.True(await page.Page.EvaluateAsync<bool>("window.progressivePlayer === undefined"));
    }

    /// <summary>Who gets no chunks gets the whole file, and reads and tells why.</summary>
    [Theory]
    [InlineData("--Gateway:Rollout:EngineMode=Direct", "", "rollout", "by its roll-out")]
    [InlineData("--Gateway:Player:Progressive=false", "", "switched_off", "has switched chunks off")]
    [InlineData("--Gateway:Rollout:EngineMode=Segmented", "delete window.MediaSource; delete window.ManagedMediaSource; HTMLMediaElement.prototype.canPlayType = () => '';", "no_media_source", "has no MediaSource")]
    public async Task Listener_WithoutChunks_GetsTheFileAndIsToldWhy(string knob, string before, string reason, string words)
    {
        var titles = Path.Combine(media.Folder, $"titles-{reason}.json");
        await File.WriteAllTextAsync(titles, """[{"id": "song", "name": "Song", "track": "long48.flac", "assets": {"file": "demo/direct.mp4"}}]""", TestContext.Current.CancellationToken);
        var events = Path.Combine(media.Folder, $"events-{reason}.ndjson");
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, knob, $"--Gateway:Player:TitlesFile={titles}", $"--Gateway:Telemetry:EventsFile={events}");
        await using var page = await ProgressivePage.OpenAsync(chromium, host.Gateway.Url, "title=song&autoplay=1", before);

        await page.UntilAsync("player.path === 'file' && p.firstSoundMs !== null");

        await Expect(page.Page.Locator("#path")).ToHaveTextAsync("Whole file");
        await Expect(page.Page.Locator("#path-note")).ToContainTextAsync(words);
        await Expect(page.Page.Locator("#enhanced")).ToBeDisabledAsync();
        Assert.Equal(0, host.Asked("GET", "seg_00001.webm"));
        await Patience.UntilAsync(async () =>
        {
            await using var file = new FileStream(events, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var lines = await new StreamReader(file).ReadToEndAsync();
            return lines.Split('\n').Any(line => line.Contains("\"player.path\"", StringComparison.Ordinal) && line.Contains($"\"{reason}\"", StringComparison.Ordinal) && line.Contains("\"file\"", StringComparison.Ordinal));
        });
    }
}
