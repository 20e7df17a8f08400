using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.FunctionalTests.Common;

/// <summary>
/// Limits that keep a busy machine out of the results. A quiet machine never reaches them.
/// </summary>
internal static class Patience
{
    /// <summary>Bound of every wait of a test.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Knobs of a gateway with long time limits. The usual limits are for slow origins; here origin, gateway and players share a few processors, and a limit reached
    /// for lack of one would be a retry, a second request or a refusal that the test does not expect. Tests of a limit set it themselves, and move the clock.
    /// </summary>
    public static readonly string[] Knobs =
    [
        "--Gateway:Origin:ConnectTimeout=00:01:00",
        "--Gateway:Origin:FirstByteTimeout=00:03:00",
        "--Gateway:Origin:IdleTimeout=00:03:00",
        "--Gateway:Origin:ForwardTimeout=00:03:00",
        "--Gateway:Origin:TimeBudget=00:05:00",
        "--Gateway:Prefetch:Timeout=00:03:00",
        "--Gateway:Cache:StalledReader=00:03:00",
        "--Gateway:Transcoder:CallTimeout=00:03:00",
        "--Gateway:Transcoder:StartPatience=00:01:00",
        "--Gateway:Transcoder:SegmentPatience=00:03:00",
    ];

    /// <summary>A server that closes no connection because its client sends or reads slowly.</summary>
    public static void Server(KestrelServerOptions server)
    {
        server.Limits.RequestHeadersTimeout = Deadline;
        server.Limits.MinRequestBodyDataRate = null;
        server.Limits.MinResponseDataRate = null;
    }

    /// <summary>Polls until a condition is true.</summary>
    /// <param name="isSo">The condition.</param>
    /// <param name="missing">Message of the failure when it does not become true in time.</param>
    public static async Task UntilAsync(Func<Task<bool>> isSo, Func<string>? missing = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Deadline, missing?.Invoke() ?? "It did not become so in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
