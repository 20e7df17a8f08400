using Gateway.Caching.Slices;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching.Outages;

/// <summary>
/// Asks upstream for a byte of what it gave: with the method that it answered before, since not every origin knows HEAD.
/// </summary>
internal sealed partial class WitnessQuestion(FetchUpstream fetch, ILogger log, CancellationToken stopping)
{
    public async Task<UpstreamSign> AskAsync(CacheKey witness, string title)
    {
        try
        {
            var first = witness.Slice == CacheKey.Whole ? 0 : witness.Slice * SlicedFiles.SliceBytes;
            await using var reply = await fetch(new OriginRequest { Address = witness.Address, Title = title, Range = new ByteRange(first, 1), Effort = FetchEffort.Once }, stopping);
            return OutageSigns.Of(reply);
        }
        catch (OperationCanceledException)
        {
            // The gateway stops, and whoever waits has been told.
            return UpstreamSign.None;
        }
        catch (Exception e)
        {
            LogUnasked(log, e);
            return UpstreamSign.None;
        }
    }

    [LoggerMessage(3052, LogLevel.Error, "Whether an origin is away could not be asked.", EventName = nameof(LogUnasked))]
    private static partial void LogUnasked(ILogger log, Exception exception);
}
