using System.Runtime;

namespace Gateway.Warmup;

/// <summary>
/// Compiles the code of a playback before the gateway listens.
/// </summary>
/// <remarks>
/// <para>What is slow in a process's first seconds is its code, which is compiled when it runs for the first time, and again when it has run often. Code belongs to the process, everything else to a gateway. So the requests that run
/// it go to another gateway (<see cref="SyntheticGateway"/>): built by the same function from the same parts, on a port of its own on the loopback interface, with a configuration that holds nothing of the user's, an origin of its own,
/// and a log without readers.</para>
/// <para>It has ended before the real one collects anything: before its pipeline is put together, its metrics and traces have a listener, a port is open. Its sessions, cache, counts and keys were objects of its own container, and have
/// gone with that.</para>
/// <para>A gateway that is not warm is slow for some seconds; one that does not start is none at all. Whatever goes wrong here is told in one line and keeps nothing back, and <see cref="WarmupOptions.Limit"/> bounds the wait. A
/// synthetic gateway that does not end when it is told to is left to itself after a grace of a second.</para>
/// </remarks>
internal sealed partial class StartWarmup(WarmupOptions options, FirstReadiness readiness, TimeProvider time, ILogger<StartWarmup> log)
{
    private const int MostLooks = 5;

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    /// <param name="build">Builds a gateway from nothing but what it is given.</param>
    /// <param name="withTls">Whether clients come by TLS as well.</param>
    public async Task RunAsync(Func<Action<WebApplicationBuilder>, WebApplication> build, bool withTls)
    {
        if (options.Limit <= TimeSpan.Zero) return;
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(options.Limit, time);
        try
        {
            // On a thread of the pool: building is work without an await, and the limit counts for it too.
            var warming = Task.Run(() => WarmAsync(build, withTls, limit.Token), CancellationToken.None);
            var (requests, gateway) = await warming.WaitAsync(options.Limit + s_grace, time);
            await CollectAsync(gateway);
            readiness.Await();
            LogWarm((long)time.GetElapsedTime(started).TotalMilliseconds, requests);
        }
#pragma warning disable CA1031 // Whatever it is: the gateway starts.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogCold((long)time.GetElapsedTime(started).TotalMilliseconds, e is OperationCanceledException or TimeoutException ? "its time is over" : e.GetBaseException().Message);
        }
    }

    /// <returns>How many requests were answered, and by whom.</returns>
    private async Task<(int Requests, WeakReference Gateway)> WarmAsync(Func<Action<WebApplicationBuilder>, WebApplication> build, bool withTls, CancellationToken limit)
    {
        await using var origin = await SyntheticOrigin.StartAsync(limit);
        await using var gateway = await SyntheticGateway.StartAsync(build, origin.Url, withTls, limit);
        var requests = 0;
        foreach (var (url, version) in gateway.Entries)
        {
            using var viewer = new SyntheticViewer(url, version, gateway.Certificate, time);
            requests += await viewer.WatchAsync(limit);
        }

        return (requests, gateway.Parts);
    }

    /// <summary>
    /// What is left of the other gateway would otherwise stay until the heap has grown to the first look at its oldest objects: 40 MB. Its timers let go of it when they go off for the last time, so it may take a second look.
    /// </summary>
    private async Task CollectAsync(WeakReference gateway)
    {
        for (var look = 1; ; look++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            if (!gateway.IsAlive || look == MostLooks) return;
            await Task.Delay(s_look, time);
        }
    }

    // Next free id: 962.
    [LoggerMessage(960, LogLevel.Information, "The code of a playback was compiled before the first player: {Milliseconds} ms, {Requests} requests to a gateway of its own", EventName = nameof(LogWarm))]
    private partial void LogWarm(long milliseconds, int requests);

    [LoggerMessage(961, LogLevel.Warning, "The warm-up failed after {Milliseconds} ms; the gateway starts all the same, and its first requests take longer: {Fault}", EventName = nameof(LogCold))]
    private partial void LogCold(long milliseconds, string fault);
}
