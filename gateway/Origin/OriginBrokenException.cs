namespace Gateway.Origin;

/// <summary>A response body that ended early: reset, stalled, or shorter than its Content-Length. Thrown by reads of an <see cref="OriginReply"/>.</summary>
internal sealed class OriginBrokenException(OriginFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public OriginFailure Failure { get; } = failure;
}
