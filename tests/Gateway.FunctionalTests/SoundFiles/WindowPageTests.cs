using System.Net;
using System.Text.Json;
using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.SoundFiles;

/// <summary>The page of sound files in a real browser, judged by each sample that its output plays.</summary>
public sealed class WindowPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>A gigabyte.</summary>
    private const long Frames = 268_000_000;

    private const long Length = 44 + (Frames * 4);
    private const int Rate = SoundOrigin.SampleRate;

    [Fact]
    public async Task Gigabyte_FiftySeeksAndAStormOfThem_PlaysEachPlaceToTheFrame()
    {
        await using var origin = await SoundOrigin.StartAsync();
        origin.AddNumbered("/mix/set.wav", Frames);
        origin.Add("/mix/direct.mp4", [0]);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        await using var page = await WindowPage.PlayAsync(chromium, fixture, "file=mix/set.wav");

        // Fifty places, far and near, each heard from its very frame on for at least 50 ms.
        var dice = new Random(18);
        for (var n = 0; n < 50; n++)
        {
            var place = n % 3 == 0 ? dice.Next(1, 5400) : (await page.FiguresAsync()).GetProperty("position").GetDouble() + dice.Next(-9, 9);
            var frame = Math.Max(1, (long)Math.Round(place * Rate));
            await page.Page.EvaluateAsync($"() => {{ window.forget(); window.windowPlayer.seek({frame} / {Rate}); }}");
            await page.UntilAsync($"window.heard({frame}, 2400)");
        }

        // Two hundred in four seconds, and then two seconds without a gap from the last one.
        await page.Page.EvaluateAsync(
            """
            async () => {
              for (let n = 0; n < 200; n++) {
                window.windowPlayer.seek((n * 7919) % 5400);
                await new Promise(resolve => setTimeout(resolve, 20));
              }
              window.forget();
              window.windowPlayer.seek(4321);
            }
            """);
        await page.UntilAsync($"window.heard({4321 * Rate}, {2 * Rate})");

        page.AssertBounded(Length);
        var figures = await page.FiguresAsync();
        foreach (var name in new[] { "stalePushes", "breaks", "failures" }) Assert.Equal((name, 0), (name, figures.GetProperty(name).GetInt32()));
        Assert.Empty(page.Tab.Violations);
    }

    [Fact]
    public async Task Session_OfThePage_HearsWhereItIsAndEndsWithIt()
    {
        await using var origin = await SoundOrigin.StartAsync();
        origin.AddNumbered("/mix/set.wav", Frames);
        origin.Add("/mix/direct.mp4", [0]);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        await using var page = await WindowPage.PlayAsync(chromium, fixture, "file=mix/set.wav&t=3000");
        var address = $"/api/v1/playback/sessions/{await page.Page.EvaluateAsync<string>("window.windowSession.id")}";

        await page.Page.EvaluateAsync("() => window.windowSession.beat()");

        using var told = JsonDocument.Parse(await fixture.Client.GetStringAsync(address));
        Assert.True(told.RootElement.GetProperty("positionSec").GetDouble() >= 3000, told.RootElement.ToString());
        await page.Page.GotoAsync("about:blank");
        await Patience.UntilAsync(async () =>
        {
            using var answer = await fixture.Client.GetAsync(address);
            return answer.StatusCode == HttpStatusCode.Gone;
        });
    }

    [Fact]
    public async Task Title_ThatThePageDoesNotKnow_IsToldAndNoOtherPlays()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        await using var tab = await chromium.OpenAsync(fixture.Url);
        await tab.GoAsync("/window/?title=nothing-like-it&autoplay=1");

        await tab.Page.GetByText("This page knows no title “nothing-like-it”").WaitForAsync();

        Assert.True(await tab.Page.EvaluateAsync<bool>("window.windowPlayer === undefined"));
        Assert.Empty(tab.Violations);
    }

    [Fact]
    public async Task Play_FileThatChanges_IsToldAndNotMixed()
    {
        await using var origin = await SoundOrigin.StartAsync();
        origin.AddNumbered("/mix/set.wav", Frames);
        origin.Add("/mix/direct.mp4", [0]);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        await using var page = await WindowPage.PlayAsync(chromium, fixture, "file=mix/set.wav");
        origin.Tag = "\"two\"";
        // The gateway has read the old file's first slices only.
        origin.AddNumbered("/mix/set.wav", Frames - 5);
        await page.Page.EvaluateAsync("() => window.windowPlayer.seek(3000)");
        await page.UntilAsync("p.failure?.kind === 'changed'");
        await page.Page.GetByText("The file has changed", new() { Exact = true }).WaitForAsync();
        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await page.UntilAsync("p.failure === null && p.state === 'playing'");
    }
}
