namespace Gateway.Manifests.Hls;

/// <summary>
/// Where the references of a playlist stand, if each is a plain relative path: all are replaced by putting the same bytes before them, whoever asks. Found when the playlist is first rewritten and kept beside it, so that for every further
/// viewer it is copied in passages and not read line by line again.
/// </summary>
/// <param name="places">Offsets of the references, in order; one in a line at the most.</param>
/// <param name="start">Where the playlist begins, behind a byte order mark.</param>
/// <param name="longestLine">Length of the longest line with a reference, of those that are portable.</param>
internal sealed class HlsPlainPlaces(int[] places, int start, int longestLine)
{
    /// <summary>Memory that they take.</summary>
    public long Bytes => (long)places.Length * sizeof(int);

    /// <summary>Writes the playlist for one session; false where it has to be read after all: references lead elsewhere, or a line would be too long for some players, which is to be counted.</summary>
    /// <param name="playlist">The playlist in which they were found.</param>
    /// <param name="map">Where references lead.</param>
    /// <param name="output">Gets the playlist, or nothing.</param>
    /// <exception cref="ManifestRefusedException">There is no space for it.</exception>
    public bool TryWrite(ReadOnlySpan<byte> playlist, ReferenceMap map, PooledBuffer output)
    {
        if (!map.TryPlain(out var before) || longestLine + before.Length >= HlsLimits.PortableLineBytes) return false;
        var length = playlist.Length - start + ((long)places.Length * before.Length);
        if (length > Array.MaxLength) return false;
        var span = output.GetSpan((int)length);
        var from = start;
        foreach (var place in places)
        {
            playlist[from..place].CopyTo(span);
            span = span[(place - from)..];
            before.CopyTo(span);
            span = span[before.Length..];
            from = place;
        }

        playlist[from..].CopyTo(span);
        output.Advance((int)length);
        return true;
    }
}
