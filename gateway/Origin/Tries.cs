using Polly;
using Polly.Retry;

namespace Gateway.Origin;

/// <summary>
/// Tries again what is worth it: after n × <see cref="OriginOptions.RetryDelay"/> and some jitter, or after the longer wait that the
/// origin asks for, as long as the next try fits into what is left of the fetch's budget. Only heads are retried: once a reply is handed
/// out its body is the reader's, and breaks for good when it breaks.
/// </summary>
internal sealed partial class Tries
{
    private static readonly ResiliencePropertyKey<Fetch> FetchKey = new("fetch");

    private readonly ResiliencePipeline<Exchange>? _retry;
    private readonly OriginOptions _options;
    private readonly OriginMetrics _metrics;
    private readonly Random _random;
    private readonly ILogger<Tries> _logger;

    public Tries(OriginOptions options, OriginMetrics metrics, TimeProvider time, Random random, ILogger<Tries> logger)
    {
        _options = options;
        _metrics = metrics;
        _random = random;
        _logger = logger;
        if (options.Retries == 0) return;
        _retry = new ResiliencePipelineBuilder<Exchange> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Exchange>
            {
                MaxRetryAttempts = options.Retries,
                ShouldHandle = args => ValueTask.FromResult(ShouldTryAgain(args)),
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(DelayBefore(args.AttemptNumber + 1, args.Outcome.Result!)),
                OnRetry = OnRetry,
            })
            .Build();
    }

    /// <summary>Runs tries until one is good, hopeless, or the last. The caller disposes the exchange.</summary>
    public async ValueTask<Exchange> RunAsync(Fetch fetch, Func<Fetch, CancellationToken, ValueTask<Exchange>> once, CancellationToken cancellation)
    {
        if (_retry is null || !fetch.Request.MayRetry) return await once(fetch, cancellation);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellation);
        try
        {
            context.Properties.Set(FetchKey, fetch);
            var outcome = await _retry.ExecuteOutcomeAsync(
                static async (context, state) => Outcome.FromResult(await state.once(state.fetch, context.CancellationToken)),
                context,
                (fetch, once));
            if (outcome.Exception is OperationCanceledException) return Exchange.Failed(OriginFailure.Cancelled);
            outcome.ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private bool ShouldTryAgain(RetryPredicateArguments<Exchange> args)
    {
        if (args.Outcome.Result is not { IsWorthRetrying: true } exchange) return false;
        if (!args.Context.Properties.TryGetValue(FetchKey, out var fetch)) return false;
        // Without jitter: whether there is time must not depend on the dice.
        return Wait(args.AttemptNumber + 1, exchange) + _options.RetryJitter < fetch.Remaining;
    }

    private TimeSpan DelayBefore(int retry, Exchange failed)
    {
        double jitter;
        lock (_random) jitter = _random.NextDouble();
        return Wait(retry, failed) + (_options.RetryJitter * jitter);
    }

    private TimeSpan Wait(int retry, Exchange failed)
    {
        var own = _options.RetryDelay * retry;
        return failed.RetryAfter is { } asked && asked > own ? asked : own;
    }

    private ValueTask OnRetry(OnRetryArguments<Exchange> args)
    {
        var failed = args.Outcome.Result!;
        if (failed.Answered) failed.BodyEnded();
        failed.Dispose();
        var fetch = args.Context.Properties.GetValue(FetchKey, null!);
        _metrics.Retried(fetch.Request.Purpose, failed.Outcome);
        LogRetry(_logger, args.AttemptNumber + 1, fetch.Request.Address.Cluster, failed.Outcome, args.RetryDelay.TotalMilliseconds);
        return default;
    }

    [LoggerMessage(1120, LogLevel.Information, "Try {Try} at '{Cluster}' ended with {Outcome}, the next one is in {DelayMs:0} ms")]
    private static partial void LogRetry(ILogger logger, int @try, string cluster, ExchangeOutcome outcome, double delayMs);
}
