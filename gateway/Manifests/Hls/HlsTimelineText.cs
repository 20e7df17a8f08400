namespace Gateway.Manifests.Hls;

/// <summary>
/// The text that a timeline points into: the playlist's own bytes, shared with the responses that send them, and beside them the references whose
/// variables had to be filled in.
/// </summary>
internal sealed class HlsTimelineText
{
    private readonly ReadOnlyMemory<byte> _playlist;
    private readonly byte[] _filled;

    /// <param name="playlist">Must keep its bytes for as long as the timeline lives.</param>
    /// <param name="filled">References that are not in the playlist in this form.</param>
    public HlsTimelineText(ReadOnlyMemory<byte> playlist, byte[] filled)
    {
        _playlist = playlist;
        _filled = filled;
    }

    /// <summary>The playlist.</summary>
    public ReadOnlyMemory<byte> Playlist => _playlist;

    /// <summary>Size of the references that were filled in.</summary>
    public int FilledBytes => _filled.Length;

    /// <param name="at">Offset in the playlist; or the complement of one in the references filled in.</param>
    /// <param name="length">Bytes.</param>
    public ReadOnlySpan<byte> Slice(int at, int length) => at < 0 ? _filled.AsSpan(~at, length) : _playlist.Span.Slice(at, length);
}
