using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>
/// The body ended early. The handler must abort the client's connection: a short body that looks complete would be played, and cached, as a whole one.
/// </summary>
internal sealed class BrokenBodyException(OriginFailure failure, Exception? inner = null)
    : Exception($"The body broke off before its end ({failure}).", inner)
{
    public OriginFailure Failure { get; } = failure;
}
