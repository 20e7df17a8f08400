using System.Collections.Concurrent;
using Gateway.Origin;

namespace Gateway.Manifests;

/// <summary>
/// Coalesces the parsing of manifests. Players that wait for the same new version of a playlist request it at the same instant: one request decodes and parses it, the others
/// wait for the result.
/// </summary>
/// <remarks>
/// A version is known by the head of the very response, one object for everybody who shares it. The first caller does the work on its own
/// lease; when it leaves before the end, one of those who wait takes its place. No caller waits longer than the body takes to arrive, because
/// a reading waits for nothing else.
/// </remarks>
internal sealed class SharedReadings
{
    private readonly ConcurrentDictionary<ResponseHead, TaskCompletionSource<ManifestReading?>> _underWay = new(ReferenceEqualityComparer.Instance);

    /// <param name="version">Head of the response that is read.</param>
    /// <param name="read">Reads it, or finds that another has just done so. Throws only when its own client has left.</param>
    /// <param name="leaving">The client of this caller left.</param>
    public async ValueTask<ManifestReading> JoinAsync(ResponseHead version, Func<ValueTask<ManifestReading>> read, CancellationToken leaving)
    {
        while (true)
        {
            var own = new TaskCompletionSource<ManifestReading?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var first = _underWay.GetOrAdd(version, own);
            if (first != own)
            {
                if (await first.Task.WaitAsync(leaving) is { } shared) return shared;
                continue;
            }

            ManifestReading? ended = null;
            try
            {
                ended = await read();
                return ended.Value;
            }
            finally
            {
                _underWay.TryRemove(KeyValuePair.Create(version, own));
                own.SetResult(ended);
            }
        }
    }
}
