using System.Text.Json;
using Gateway.Load.Links;
using Gateway.Load.Pacing;
using Gateway.Load.Scenarios;

namespace Gateway.Tests.Load.Scenarios;

public sealed class StepTests
{
    [Fact]
    public async Task Step_WhoseAnswerCannotBeRead_CountsAsFailed()
    {
        var recorder = new StepRecorder("profile", new VirtualLoop(), TimeProvider.System);
        using var client = new HttpClient();
        var context = new ScenarioContext(0, TimeSpan.Zero, client, recorder, new SeededRandom(1), TestContext.Current.CancellationToken);
        var response = await Step.RunAsync("create", context, static () => throw new JsonException("no object"));
        Assert.True(response.IsError);
        var step = Assert.Single(recorder.Steps);
        Assert.Equal((1, 1), (step.Count, step.Failed));
        Assert.Equal("JsonException", Assert.Single(step.Statuses).Key);
    }

    [Fact]
    public async Task Steps_AtEvenDistances_CountFromTheirMomentsThroughAStandStill()
    {
        // Ten beats a second apart, and the first answer takes ten seconds: the others were due meanwhile, and waited for the rest of it.
        var loop = new VirtualLoop();
        var recorder = new StepRecorder("profile", loop, TimeProvider.System);
        using var client = new HttpClient();
        var context = new ScenarioContext(0, TimeSpan.Zero, client, recorder, new SeededRandom(1), TestContext.Current.CancellationToken);
        for (var beat = 0; beat < 10; beat++)
        {
            await context.PauseUntilAsync(TimeSpan.FromSeconds(beat));
            await Step.RunAsync("beat", context, () =>
            {
                loop.RunUntil(TimeSpan.FromSeconds(10));
                return Task.FromResult(Response.Ok());
            });
        }

        var step = Assert.Single(recorder.Steps);
        Assert.Equal(10, step.Count);
        Assert.InRange(step.Total.ValueAt(0.5), 4_980_000, 5_020_000);
        Assert.Equal(10_000_000, step.Total.Max);
    }
}
