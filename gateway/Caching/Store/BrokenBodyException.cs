using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>
/// The body ended before its end. The room must cut the client's connection: a short body that looks complete would be played, and kept, as a whole one.
/// </summary>
internal sealed class BrokenBodyException(OriginFailure failure, Exception? inner = null)
    : Exception($"The body broke before its end ({failure}).", inner)
{
    public OriginFailure Failure { get; } = failure;
}
