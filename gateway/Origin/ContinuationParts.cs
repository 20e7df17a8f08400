namespace Gateway.Origin;

/// <summary>What every continuation needs.</summary>
internal sealed record ContinuationParts(RetryPipeline Pipeline, OriginOptions Options, OriginMetrics Metrics, TimeProvider Time, ILogger<BodyContinuation> Log);
