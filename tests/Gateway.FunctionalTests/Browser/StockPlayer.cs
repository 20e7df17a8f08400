using Gateway.Testing;

namespace Gateway.FunctionalTests.Browser;

/// <summary>A page with nothing but a video element and a player library as it comes: whatever happens there, the library does by itself. Our own player page knows how to go on where a library gives up.</summary>
internal static class StockPlayer
{
    private static readonly string Libraries = Path.Combine(Repository.Root, "gateway", "wwwroot", "lib");

    /// <summary>
    /// Plays a manifest, without sound. <c>window.play</c> tells of the position, the end of what is buffered, errors that a player cannot go on after (<c>errors</c>; of dash.js none), and all that
    /// end a film for its viewer (<c>ends</c>).
    /// </summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="gateway">Serves the page: a browser lets one of nowhere speak to this machine.</param>
    /// <param name="player">hlsjs, dashjs or shaka.</param>
    /// <param name="manifest">What is played, here or elsewhere.</param>
    public static async Task<PlayerPage> OpenAsync(Chromium chromium, Uri gateway, string player, string manifest)
    {
        var (file, script) = player switch
        {
            "hlsjs" => (Path.Combine("hls.js", "hls.min.mjs"),
                """
                const { default: Hls } = await import('/bare/player.mjs');
                const hls = new Hls({ enableWorker: false });
                hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) ended(`${data.details} ${data.reason ?? ''}`); });
                hls.loadSource(manifest);
                hls.attachMedia(video);
                video.play().catch(() => {});
                """),
            "dashjs" => (Path.Combine("dashjs", "dash.all.min.js"),
                """
                const { MediaPlayer } = await import('/bare/player.mjs');
                const player = MediaPlayer().create();
                player.on('error', e => play.ends.push(`dash.js ${e.error?.code} ${e.error?.message}`));
                player.initialize(video, manifest, true);
                """),
            _ => (Path.Combine("shaka-player", "shaka-player.compiled-es2021.js"),
                """
                const player = new shaka.Player();
                await player.attach(video);
                player.addEventListener('error', e => { if (e.detail.severity === 2) ended(`shaka ${e.detail.code} ${e.detail.data}`); });
                await player.load(manifest);
                video.play().catch(() => {});
                """),
        };
        var path = Path.Combine(Libraries, file);
        Assert.SkipUnless(File.Exists(path), $"{player} is missing; `dotnet build gateway` installs it where npm is available.");
        var tab = await chromium.OpenAsync(gateway);
        await tab.Page.RouteAsync("**/bare/player.mjs", route => route.FulfillAsync(new() { ContentType = "text/javascript", Path = path }));
        await tab.GoAsync("/health/live");
        if (player == "shaka") await tab.Page.AddScriptTagAsync(new() { Path = path });
        await tab.Page.EvaluateAsync(
            $$"""
            async manifest => {
              const video = document.body.appendChild(document.createElement('video'));
              video.muted = true;
              const play = window.play = { errors: [], ends: [], position: 0, buffered: 0 };
              const ended = what => { play.errors.push(what); play.ends.push(what); };
              setInterval(() => {
                if (video.played.length) play.position = video.currentTime;
                play.buffered = video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0;
              }, 100);
              {{script}}
            }
            """,
            manifest);
        return tab;
    }
}
