using Gateway.Sessions.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Sessions.Registry;

public sealed class IdleSweepTests : RegistryFixture
{
    [Fact]
    public async Task Sweep_OneSessionsEndFails_TheOthersEndAndTheSweepGoesOn()
    {
        using var sweep = new IdleSweep(_sessions, _options, _time, NullLogger<IdleSweep>.Instance);
        var ended = 0;
        _sessions.SessionEnded += _ => throw new InvalidOperationException(++ended == 1 ? "the first" : "another");
        await sweep.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++) Find("user", $"player {i}");
        await _time.AdvanceUntilAsync(() => ended == 3, _options.IdleTimeout);

        Find("user", "later");
        await _time.AdvanceUntilAsync(() => ended == 4, _options.IdleTimeout);
        Assert.Equal(0, _sessions.Count);
        Assert.False(sweep.ExecuteTask!.IsCompleted);
        await sweep.StopAsync(TestContext.Current.CancellationToken);
    }
}
