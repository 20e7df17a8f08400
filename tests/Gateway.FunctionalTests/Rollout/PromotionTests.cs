using Gateway.FunctionalTests.Common;
using Gateway.Rollout.Control;
using Gateway.Rollout.Judging;
using Gateway.Rollout.Watching;

namespace Gateway.FunctionalTests.Rollout;

public sealed class PromotionTests
{
    [Fact]
    public async Task Wave_Healthy_PromotesItselfFromOneToThree()
    {
        await using var fixture = await GatewayWithStub.StartAsync(
            "--Gateway:Rollout:AutoPromote=true", "--Gateway:Rollout:HoldTime=00:00:00", "--Gateway:Rollout:LimitedShare=0.5", "--Gateway:Rollout:Triggers:Interval=00:00:00.200");
        await RolloutApi.ChangeAsync(fixture.Client, new { stage = 1, contractPassed = true });
        await FeedAsync(1, 300, 1);
        await FeedAsync(2, 60_000, 0.5);
        var (state, _) = await RolloutApi.ReadAsync(fixture.Client);
        Assert.Equal((3, "automatic"), (state.GetProperty("stage").GetInt32(), state.GetProperty("by").GetString()));
        // The next one waits for a deploy that has passed.
        Assert.Contains("no controlled deploy", string.Join(' ', state.GetProperty("missingForNext").EnumerateArray().Select(m => m.GetString())), StringComparison.Ordinal);

        async Task FeedAsync(int stage, int sessions, double share)
        {
            var control = fixture.Part<RolloutControl>();
            var counts = fixture.Part<WaveCounts>();
            Assert.Equal(stage, control.Current.Stage);
            var wave = control.Current.Wave;
            for (var i = 0; i < sessions; i++)
                counts.Add(counts.Enter(wave, RolloutViewer.Of($"user-{i}", default)), new SessionOutcome { Arm = i % 10 < share * 10 ? Arm.Treatment : Arm.Control, StartupMs = 700 + (i * 7919 % 300), PlayedMs = 60_000 });
            await Patience.UntilAsync(() => Task.FromResult(control.Current.Stage == stage + 1), () => string.Join('\n', fixture.Part<RolloutWatch>().Evidence().Missing));
        }
    }
}
