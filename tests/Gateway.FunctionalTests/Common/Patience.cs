using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.FunctionalTests.Common;

/// <summary>
/// What keeps a busy machine out of the results. Nothing here is waited for on a quiet one.
/// </summary>
internal static class Patience
{
    /// <summary>For whatever a test waits for.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>
    /// A gateway that gives nothing up for being late. Its limits are for origins that are slow; here origin, gateway and players share a few processors, and a limit met
    /// for want of one would be a retry, a second request or a refusal that the test did not ask for. Tests of a limit set it themselves, and move the clock.
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
    ];

    /// <summary>A server that hangs up on nobody for being slow to ask or to listen.</summary>
    public static void Server(KestrelServerOptions server)
    {
        server.Limits.RequestHeadersTimeout = Deadline;
        server.Limits.MinRequestBodyDataRate = null;
        server.Limits.MinResponseDataRate = null;
    }

    /// <summary>Looks again and again until it is so.</summary>
    /// <param name="isSo">Whether it is.</param>
    /// <param name="missing">What to say when it does not become so in time.</param>
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
