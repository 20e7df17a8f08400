using Gateway.Load.Links;
using Gateway.Load.Pacing;
using Gateway.Load.Scenarios;

namespace Gateway.Tests.Load.Scenarios;

public sealed class LoadRunTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(3);

    /// <summary>The run cancels all copies at once and then stops each; a copy that has ended by then is not to be touched any more.</summary>
    [Fact]
    public async Task End_OfCopiesThatEndWhileTheyAreCancelled_IsReached()
    {
        var waiting = new TaskCompletionSource();
        var scenario = Scenario.Create("copies", async context =>
        {
            // Goes on where it is cancelled: within the cancellation itself.
            var cancelled = new TaskCompletionSource();
            context.Stop.UnsafeRegister(static c => ((TaskCompletionSource)c!).TrySetResult(), cancelled);
            waiting.TrySetResult();
            await cancelled.Task;
        });
        var test = new LoadTest { Name = "end", Scenarios = [scenario.WithLoadSimulations(LoadSimulation.KeepConstant(3, TimeSpan.FromHours(1)))] };
        using var loop = new RealTimeLoop(TimeProvider.System);
        using var client = new HttpClient();
        using var run = new LoadRun(test, loop, new RunTarget("http://127.0.0.1:1", "nothing"), static (_, _) => static () => { }, static _ => { }, (client, TimeProvider.System));
        using var over = new CancellationTokenSource();
        run.Begin();
        var playing = Task.Run(() => loop.RunAsync(over.Token), CancellationToken.None);
        await waiting.Task.WaitAsync(s_deadline, TestContext.Current.CancellationToken);
        run.Abort();
        await Task.WhenAny(run.Ended, playing).WaitAsync(s_deadline, TestContext.Current.CancellationToken);
        await over.CancelAsync();
        await playing;
        Assert.True(run.Ended.IsCompletedSuccessfully);
    }
}
