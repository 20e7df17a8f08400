using Gateway.Media;

namespace Gateway.Manifests.Hls;

/// <summary>A playlist of either kind: both are rewritten line by line, by the same rules.</summary>
internal abstract class HlsPlaylistManifest : UpstreamManifest
{
    private HlsPlainPlaces? _plain;

    public sealed override StreamingProtocol Protocol => StreamingProtocol.Hls;

    protected override long Gained => Volatile.Read(ref _plain)?.Bytes ?? 0;

    /// <inheritdoc/>
    public sealed override bool? Rewrite(ReadOnlySpan<byte> source, ReferenceMap map, HlsVariables variables, PooledBuffer rewritten, ManifestMetrics metrics)
    {
        // What a bitrate limit leaves of it, or another order of its rungs, is another playlist.
        var isWhole = source == Body;
        if (isWhole && Volatile.Read(ref _plain) is { } plain && plain.TryWrite(source, map, rewritten)) return true;
        var rewrite = HlsRewriter.Rewrite(source, map, variables, rewritten);
        if (isWhole && rewrite.PlainPlaces is { } places) Volatile.Write(ref _plain, places);
        // What a bitrate limit leaves of it says nothing about the rest.
        StandsForAll |= rewrite.StandsForAll && source.Length == Body.Length;
        metrics.Rewritten(rewrite);
        return ManifestChange.Of(rewrite.Outcome);
    }

    public override void DropGains()
    {
        Volatile.Write(ref _plain, null);
        base.DropGains();
    }
}
