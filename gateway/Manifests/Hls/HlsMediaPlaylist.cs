using Gateway.Timelines;

namespace Gateway.Manifests.Hls;

/// <summary>A media playlist (RFC 8216 §4.3.3).</summary>
internal sealed class HlsMediaPlaylist : HlsPlaylistManifest
{
    private ImportedTimelines? _imported;
    private MediaTimeline? _spliced;

    /// <summary>Whether references depend on variables of the multivariant playlist (EXT-X-DEFINE with IMPORT).</summary>
    public bool Imports { get; init; }

    /// <summary>
    /// With <see cref="Imports"/>, the timelines of the last reader. One set is enough: all sessions of a title share its multivariant
    /// playlist, and where they do not, a playlist is read again per reload, as it is rewritten.
    /// </summary>
    public ImportedTimelines? Imported
    {
        get => Volatile.Read(ref _imported);
        set => Volatile.Write(ref _imported, value);
    }

    /// <summary>Of a delta update, the timeline with what it leaves out, for all sessions that have it.</summary>
    public MediaTimeline? Spliced
    {
        get => Volatile.Read(ref _spliced);
        set => Volatile.Write(ref _spliced, value);
    }

    protected override long Gained => base.Gained + SplicedBytes;

    private long SplicedBytes => Spliced switch
    {
        HlsSplicedTimeline spliced => spliced.SizeBytes,
        HlsTimeline whole => whole.SizeBytes + whole.Playlist.Length,
        _ => 0,
    };

    public override void DropGains()
    {
        Volatile.Write(ref _spliced, null);
        base.DropGains();
    }
}
