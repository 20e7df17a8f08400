using System.Globalization;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>Shared listening in Chromium: two pages of a group, by either engine.</summary>
public sealed class GroupTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("false", "direct")]
    [InlineData("true", "segmented")]
    public async Task Group_OfTwoPages_KeepsTogetherAndLeavesAPauseAlone(string flag, string engine)
    {
        await using var fixture = await GatewayWithStub.StartAsync("--STREAMING_ENGINE_MODE=videojs", $"--LISTEN_TOGETHER_SEGMENTED_PLAYBACK_ENABLED={flag}");
        await using var leader = await chromium.OpenAsync(fixture.Url);
        await leader.GoAsync("/?title=demo&format=hls&player=hlsjs&group=us&autoplay=1&muted=1");
        await leader.UntilAsync("s.position > 1.5", Patience.Deadline);
        await using var member = await chromium.OpenAsync(fixture.Url);
        await member.GoAsync("/?title=demo&format=hls&player=hlsjs&group=us&autoplay=1&muted=1");
        await member.Page.WaitForFunctionAsync("() => window.groupState?.drift != null && !window.groupState.leads && Math.abs(window.groupState.drift) < 0.2", null, new() { Timeout = 120_000 });

        var state = JsonSerializer.Deserialize<JsonElement>(await member.Page.EvaluateAsync<string>("JSON.stringify(window.groupState)"));
        Assert.Equal(engine, state.GetProperty("engine").GetString());
        // A busy machine drops one of the two back for a moment; the pages come together again.
        var apart = double.MaxValue;
        await Patience.UntilAsync(async () => (apart = await ApartAsync()) < 0.3, () => string.Create(CultureInfo.InvariantCulture, $"They are {apart} s apart."));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{engine}: {apart * 1000:0} ms apart"));

        // A member's own pause holds, whatever the leader does.
        await member.Page.EvaluateAsync("() => document.getElementById('video').pause()");
        await member.Page.WaitForFunctionAsync("() => window.groupState.isHeld");
        await leader.UntilAsync("s.position > 6", Patience.Deadline);
        Assert.True(await member.Page.EvaluateAsync<bool>("() => document.getElementById('video').paused"));
        // Back in the group by playing again; and the leader's pause is everybody's.
        await member.Page.EvaluateAsync("() => document.getElementById('video').play()");
        await member.Page.WaitForFunctionAsync("() => Math.abs(window.groupState.drift) < 0.3", null, new() { Timeout = 120_000 });
        await leader.Page.EvaluateAsync("() => document.getElementById('video').pause()");
        await member.Page.WaitForFunctionAsync("() => document.getElementById('video').paused && !window.groupState.isHeld", null, new() { Timeout = 120_000 });

        // Both read at one moment of the machine's clock; the median of several, since a read itself takes time.
        async Task<double> ApartAsync()
        {
            const string Read = "() => [document.getElementById('video').currentTime, Date.now()]";
            var found = new List<double>();
            for (var i = 0; i < 9; i++)
            {
                var (a, b) = (await leader.Page.EvaluateAsync<double[]>(Read), await member.Page.EvaluateAsync<double[]>(Read));
                found.Add(Math.Abs(a[0] - b[0] + ((b[1] - a[1]) / 1000)));
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            return found.Order().ElementAt(found.Count / 2);
        }
    }
}
