using Gateway.FunctionalTests.Common;
using Gateway.Sessions.Registry;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// Two gateways with names of their own, no balancer, and a player that nobody helps: while its gateway drains it goes to the other one by the steering documents alone, with all that it loads, so that the end of the
/// first one is nothing to it.
/// </summary>
public sealed class SteeredPlayTests
{
    private const string One = "http://edge-1.test/";
    private const string Two = "http://edge-2.test/";

    private static readonly string Libraries = Path.Combine(Repository.Root, "gateway", "wwwroot", "lib");

    private static readonly string[] Knobs =
    [
        "--Gateway:Access:TicketKeys:0=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "--Gateway:Steering:Ttl=00:00:01",
        $"--Gateway:Steering:Pathways:one={One}", $"--Gateway:Steering:Pathways:two={Two}",
    ];

    [Theory]
    [InlineData("hlsjs", "demo-live/master.m3u8", ".m3u8")]
    [InlineData("dashjs", "demo-live/manifest.mpd", ".mpd")]
    [InlineData("shaka", "demo-live/manifest.mpd", ".mpd")]
    public async Task Player_OfAGatewayThatDrains_MovesAndOutlivesIt(string player, string title, string manifest)
    {
        await using var second = await GatewayWithStub.StartAsync([.. Knobs, "--Gateway:Steering:Self=two"]);
        await using var first = new Stopped(await GatewayWithStub.StartAtAsync($"{second.StubUrl}", [.. Knobs, "--Gateway:Steering:Self=one"]));
        await using var chromium = new ChromiumWithNames(("edge-1.test", first.Gateway.Url.Port), ("edge-2.test", second.Url.Port));
        await chromium.InitializeAsync();
        await using var tab = await OpenAsync(chromium, player, $"{One}play/{title}");
        await tab.UntilAsync("p.position > 0");
        Assert.False(Asked(tab, Two, manifest));

        first.Gateway.Part<Drain>().Set(true);
        await Patience.UntilAsync(() => Task.FromResult(Asked(tab, Two, manifest) && Asked(tab, Two, ".m4s")), () => $"Nothing moved: {string.Join('\n', tab.Requests.TakeLast(30))}");

        await first.DisposeAsync();
        var buffered = await tab.Page.EvaluateAsync<double>("() => window.play.buffered");
        await tab.UntilAsync(FormattableString.Invariant($"p.position > {buffered + 4}"));
    }

    private static bool Asked(PlayerPage tab, string gateway, string suffix) =>
        tab.Requests.Any(url => url.StartsWith(gateway, StringComparison.Ordinal) && url.Split('?')[0].EndsWith(suffix, StringComparison.Ordinal));

    /// <summary>A page of the other gateway, with nothing but a player; media come from the first one.</summary>
    private static async Task<PlayerPage> OpenAsync(ChromiumWithNames chromium, string player, string manifest)
    {
        var (file, script) = player switch
        {
            "hlsjs" => (Path.Combine("hls.js", "hls.min.mjs"),
                """
                const { default: Hls } = await import('/bare/player.mjs');
                const hls = new Hls({ enableWorker: false });
                hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) play.errors.push(`${data.details} ${data.reason ?? ''}`); });
                hls.loadSource(manifest);
                hls.attachMedia(video);
                video.play().catch(() => {});
                """),
            "dashjs" => (Path.Combine("dashjs", "dash.all.min.js"),
                """
                const { MediaPlayer } = await import('/bare/player.mjs');
                const player = MediaPlayer().create();
                player.initialize(video, manifest, true);
                """),
            _ => (Path.Combine("shaka-player", "shaka-player.compiled-es2021.js"),
                """
                const player = new shaka.Player();
                await player.attach(video);
                player.addEventListener('error', e => { if (e.detail.severity === 2) play.errors.push(`shaka ${e.detail.code} ${e.detail.data}`); });
                await player.load(manifest);
                video.play().catch(() => {});
                """),
        };
        var path = Path.Combine(Libraries, file);
        Assert.SkipUnless(File.Exists(path), $"{player} is missing; `dotnet build gateway` installs it where npm is available.");
        // The page itself has to come from a server: a browser lets none of nowhere speak to this machine.
        var tab = await chromium.OpenAsync(new Uri(Two));
        await tab.Page.RouteAsync("**/bare/player.mjs", route => route.FulfillAsync(new() { ContentType = "text/javascript", Path = path }));
        await tab.GoAsync("/health/live");
        if (player == "shaka") await tab.Page.AddScriptTagAsync(new() { Path = path });
        await tab.Page.EvaluateAsync(
            $$"""
            async manifest => {
              const video = document.body.appendChild(document.createElement('video'));
              video.muted = true;
              const play = window.play = { errors: [], position: 0, buffered: 0 };
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

    /// <summary>A gateway that the test stops, or its end.</summary>
    private sealed class Stopped(GatewayWithStub gateway) : IAsyncDisposable
    {
        private bool _isStopped;

        public GatewayWithStub Gateway => gateway;

        public ValueTask DisposeAsync()
        {
            if (_isStopped) return ValueTask.CompletedTask;
            _isStopped = true;
            return gateway.DisposeAsync();
        }
    }
}
