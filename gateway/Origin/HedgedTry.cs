using System.Collections.Concurrent;

namespace Gateway.Origin;

/// <summary>
/// One try that may become two: when no head has come within the time that <see cref="HedgePolicy"/> gives, the request is sent once more, to another destination where there is one. The
/// first good head wins; the other request is cancelled, so that of its body no more comes than is on its way. The cache sees one fetch.
/// </summary>
/// <remarks>
/// Only requests that a client waits for get a second one: for a prefetch the time counts from when it was sent, and it is late at the earliest when a client joins. A request that upstream is
/// meant to hold is not slow. The loser's end is awaited by nobody: it releases what it holds by itself.
/// </remarks>
internal sealed partial class HedgedTry(OriginOptions options, FirstByteTimes firstBytes, DestinationTrust trust, OriginMetrics metrics, TimeProvider time, ILogger<HedgedTry> logger)
{
    private readonly ConcurrentDictionary<string, HedgeBudget> _budgets = new(StringComparer.Ordinal);

    public async ValueTask<Exchange> RunAsync(FetchAttempts attempts, Func<FetchAttempts, CancellationToken, ValueTask<Exchange>> once, CancellationToken cancellation)
    {
        var request = attempts.Request;
        var cluster = attempts.Address.Cluster;
        if (!options.Hedging || request.Verbatim || request.FirstByteLimit is not null || !firstBytes.IsKnown(cluster)) return await once(attempts, cancellation);
        var budget = _budgets.GetOrAdd(cluster, static (_, share) => new HedgeBudget(share), options.HedgingShare);
        budget.Earn();
        var leavingFirst = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var first = once(attempts, leavingFirst.Token).AsTask();
        if (first.IsCompleted || !await IsLateAsync(first, request, cluster, cancellation) || !TryAllow(request, cluster, budget)) return await EndAsync(first, leavingFirst);
        var leavingSecond = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var second = once(attempts, leavingSecond.Token).AsTask();
        return await RaceAsync((first, leavingFirst), (second, leavingSecond), request.Purpose);
    }

    private async Task<bool> IsLateAsync(Task first, OriginRequest request, string cluster, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        if (!request.IsDemanded && await Task.WhenAny(first, request.Urgency?.Demanded ?? first) == first) return false;
        if (firstBytes.Of(cluster) is not { } usual) return false;
        var left = HedgePolicy.After(usual.Median, usual.P95, request.Urgency?.Buffer, options.HedgingMinimumDelay) - time.GetElapsedTime(began);
        if (left <= TimeSpan.Zero) return !first.IsCompleted;
        // How it ended is read from the try itself: a fault of it is told to whoever awaits it.
        await first.WaitAsync(left, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !first.IsCompleted && !cancellation.IsCancellationRequested;
    }

    private bool TryAllow(OriginRequest request, string cluster, HedgeBudget budget)
    {
        if (budget.TryTake())
        {
            LogHedge(logger, cluster);
            return true;
        }

        metrics.Hedged(request.Purpose, HedgeOutcome.Refused);
        return false;
    }

    private async ValueTask<Exchange> RaceAsync((Task<Exchange> Try, CancellationTokenSource Leaving) first, (Task<Exchange> Try, CancellationTokenSource Leaving) second, FetchPurpose purpose)
    {
        var (sooner, later) = await Task.WhenAny(first.Try, second.Try) == first.Try ? (first, second) : (second, first);
        var answer = await EndAsync(sooner.Try, sooner.Leaving);
        // A destination that does not have the object yet must not take it from one that is slow.
        if (!IsGood(answer) || (sooner.Try == second.Try && answer.Status >= 400))
        {
            var other = await EndAsync(later.Try, later.Leaving);
            var isBetter = (IsGood(other) && (sooner.Try == second.Try || other.Status < 400)) || (other.Answered && !answer.Answered);
            (answer, other) = isBetter ? (other, answer) : (answer, other);
            Drop(other);
            if (isBetter) sooner = later;
        }
        else
        {
            await later.Leaving.CancelAsync();
            _ = LeaveAsync(later.Try, later.Leaving);
        }

        metrics.Hedged(purpose, !IsGood(answer) ? HedgeOutcome.Neither : sooner.Try == first.Try ? HedgeOutcome.First : HedgeOutcome.Second);
        return answer;
    }

    /// <summary>A response with Retry-After is a response.</summary>
    private static bool IsGood(Exchange exchange) => exchange is { IsWorthRetrying: false, Answered: true } or { RetryAfter: not null };

    private static async ValueTask<Exchange> EndAsync(Task<Exchange> asked, CancellationTokenSource leaving)
    {
        try
        {
            return await asked;
        }
        finally
        {
            leaving.Dispose();
        }
    }

    private static void Drop(Exchange exchange)
    {
        if (exchange.Answered) exchange.BodyEnded();
        exchange.Dispose();
    }

    /// <summary>Awaits the request that lost. That it had not answered by then is remembered: were only answers counted, an origin would look the quicker the more of its answers are not waited for.</summary>
    private async Task LeaveAsync(Task<Exchange> asked, CancellationTokenSource leaving)
    {
        try
        {
            var left = await asked;
            if (left is { Failure: OriginFailure.Cancelled, Cluster: { } cluster, Destination: { } destination })
            {
                firstBytes.Add(cluster.ClusterId, time.GetElapsedTime(left.Started));
                trust.Late(destination);
            }

            Drop(left);
        }
        catch (Exception e)
        {
            LogLost(logger, e);
        }
        finally
        {
            leaving.Dispose();
        }
    }

    [LoggerMessage(1121, LogLevel.Debug, "'{Cluster}' is slower than usual, the request is sent a second time")]
    private static partial void LogHedge(ILogger logger, string cluster);

    [LoggerMessage(1122, LogLevel.Error, "A second request ended with an unexpected exception")]
    private static partial void LogLost(ILogger logger, Exception exception);
}
