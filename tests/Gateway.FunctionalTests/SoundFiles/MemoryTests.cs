using System.Text.Json;
using Gateway.FunctionalTests.Browser;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;

namespace Gateway.FunctionalTests.SoundFiles;

/// <summary>What the browser's process for the page holds while a long file plays in fast motion, by the machine's own count.</summary>
public sealed class MemoryTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const long MegaByte = 1 << 20;

    /// <summary>
    /// The browser under test is watched, and for whoever watches it keeps the last 100 MB of what it has received in this same process. These are full after 520 s of the file; what grows
    /// afterwards is the page's.
    /// </summary>
    /// <remarks>
    /// In fast motion the page gets in a minute what it gets in two hours, and the browser collects garbage when it finds the time. So it is told to before each look: what is compared is what the page holds.
    /// </remarks>
    private const int WarmSeconds = 700;

    [Fact(Explicit = true)]
    public Task Renderer_TwoHoursInFastMotion_StaysWithinSixtyMegabytes() => PlayAsync(7200);

    [Fact]
    public Task Renderer_TwentyMinutesInFastMotion_StaysWithinSixtyMegabytes() => PlayAsync(1200);

    private async Task PlayAsync(int seconds)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is read from /proc.");
        await using var origin = await SoundOrigin.StartAsync();
        origin.AddNumbered("/long.wav", (long)seconds * SoundOrigin.SampleRate);
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url);
        await using var tab = await chromium.OpenAsync(fixture.Url);
        await tab.GoAsync("/window/");
        await tab.Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "clients", "window", "fast.js"), TestContext.Current.CancellationToken), new { url = "/play/long.wav" });

        var devtools = await tab.Page.Context.NewCDPSessionAsync(tab.Page);
        var (least, most) = (long.MaxValue, 0L);
        JsonElement state;
        do
        {
            // Each look is a message to the page and back; the play in between needs no other pause.
            state = JsonDocument.Parse(await tab.Page.EvaluateAsync<string>("async () => { await new Promise(resolve => setTimeout(resolve, 250)); const { isOver, seconds, wrong, failure, engine } = window.fast; return JSON.stringify({ isOver, seconds, wrong, failure, figures: engine?.figures }); }")).RootElement;
            if (state.GetProperty("seconds").GetDouble() < WarmSeconds) continue;
            await devtools.SendAsync("HeapProfiler.collectGarbage");
            var now = RendererMemory.Bytes();
            (least, most) = (Math.Min(least, now), Math.Max(most, now));
        }
        while (!state.GetProperty("isOver").GetBoolean());

        TestContext.Current.TestOutputHelper?.WriteLine($"{least / MegaByte} to {most / MegaByte} MiB over {seconds} s; {state}");
        Assert.Equal(JsonValueKind.Null, state.GetProperty("failure").ValueKind);
        Assert.Equal(seconds, state.GetProperty("seconds").GetDouble());
        Assert.Equal(0, state.GetProperty("wrong").GetInt32());
        Assert.InRange(most - least, 0, 60 * MegaByte);
    }
}
