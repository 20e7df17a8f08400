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
}
