using System.Collections.Concurrent;
using Gateway.Testing;
using Gateway.Warmup;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Warmup;

public sealed class StartWarmupTests : ILogger<StartWarmup>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _said = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly FirstReadiness _readiness;

    public StartWarmupTests() => _readiness = new FirstReadiness(_clock);

    [Fact]
    public async Task Run_WithALimitOfZero_BuildsNothing()
    {
        await Warmup(TimeSpan.Zero).RunAsync(static _ => throw new InvalidOperationException("It was built."), withTls: false);

        Assert.Empty(_said);
    }

    [Fact]
    public async Task Run_ThatCannotBuild_ReturnsAndSaysWhy()
    {
        await Warmup(TimeSpan.FromSeconds(5)).RunAsync(static _ => throw new InvalidOperationException("no such part"), withTls: false);

        var (level, text) = Assert.Single(_said);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("no such part", text, StringComparison.Ordinal);
        Assert.True(_readiness.WaitAsync(TestContext.Current.CancellationToken).IsCompleted, "Nothing is warm, so nothing is waited for.");
    }

    [Fact]
    public async Task Run_ThatHangs_ReturnsWhenItsTimeIsOver()
    {
        using var hangs = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            var run = Warmup(TimeSpan.FromSeconds(5)).RunAsync(
                _ =>
                {
                    begun.SetResult();
                    hangs.Wait(TestContext.Current.CancellationToken);
                    throw new InvalidOperationException("too late");
                },
                withTls: false);
            await begun.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            Assert.False(run.IsCompleted);

            await _clock.AdvanceUntilAsync(() => run.IsCompleted, TimeSpan.FromSeconds(1));

            await run;
            Assert.Contains("its time is over", Assert.Single(_said).Text, StringComparison.Ordinal);
        }
        finally
        {
            hangs.Set();
        }
    }

    [Fact]
    public async Task Build_OfTheSyntheticGateway_SeesNothingThatTheRealOneWasGiven()
    {
        string[] keys = [];
        await Warmup(TimeSpan.FromMinutes(2)).RunAsync(
            adjust => Gateway.Program.Build(
                ["--Gateway:Live:Enabled=true", "--ConnectionStrings:Sessions=Host=db.example", "--urls=http://*:80"],
                builder =>
                {
                    adjust(builder);
                    keys = [.. builder.Configuration.AsEnumerable().Where(pair => pair.Value is not null).Select(pair => pair.Key)];
                    throw new InvalidOperationException("seen");
                }),
            withTls: false);

        Assert.Contains("seen", Assert.Single(_said).Text, StringComparison.Ordinal);
        Assert.Equal(
            [
                "Gateway:Access:TicketKeys:0", "Gateway:Admin:ApiKey", "Gateway:Cache:MaxBytes", "Gateway:Telemetry:Events", "Gateway:Warmup:Limit",
                "ReverseProxy:Clusters:origin:Destinations:a:Address",
            ],
            keys.Order(StringComparer.Ordinal));
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _said.Enqueue((logLevel, formatter(state, exception)));

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    private StartWarmup Warmup(TimeSpan limit) => new(new WarmupOptions { Limit = limit }, _readiness, _clock, this);
}
