using Gateway.Caching;
using Gateway.Media;
using Gateway.Responses;

namespace Gateway.Manifests;

/// <summary>Reads manifests for the gateway itself, from the cache, where all sessions share them.</summary>
internal sealed class ManifestSource(MediaCache cache, ManifestReader reader)
{
    /// <summary>Nulls when the manifest cannot be fetched or is none.</summary>
    /// <param name="address">Where it lies.</param>
    /// <param name="leaving">The caller no longer waits.</param>
    public async Task<(UpstreamManifest? Manifest, Uri? Url)> ReadAsync(MediaAddress address, CancellationToken leaving)
    {
        var (read, refusal) = await ReadOnceAsync(address, leaving);
        if (refusal == ManifestOutcome.Truncated) (read, _) = await ReadOnceAsync(address, leaving);
        return read;
    }

    private async Task<((UpstreamManifest? Manifest, Uri? Url) Read, ManifestOutcome Refusal)> ReadOnceAsync(MediaAddress address, CancellationToken leaving)
    {
        using var reply = await cache.OpenAsync(reader.RequestFor(address), leaving);
        if (UpstreamProblem.Of(reply) is not null) return default;
        var (manifest, refusal) = await reader.ReadAsync(reply, address, isBlocking: false, leaving);
        return manifest is not null && UrlReference.TryParse(reply.FinalUrl, out var url) ? ((manifest, url), default) : (default, refusal);
    }
}
