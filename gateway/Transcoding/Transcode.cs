using Gateway.Media;

namespace Gateway.Transcoding;

/// <summary>A title that the transcoder makes, as it answered the start. Immutable but for the time of its last use.</summary>
/// <param name="MediaId">The title's name.</param>
/// <param name="Id">The transcoder's own name for it; the same for all who start the same.</param>
/// <param name="Hls">Its multivariant playlist; null where there is none.</param>
/// <param name="Dash">Its MPD; null where there is none.</param>
internal sealed record Transcode(string MediaId, string Id, MediaAddress? Hls, MediaAddress? Dash)
{
    private long _lastUse;

    /// <summary>Timestamp of the last request for one of its files that went to the transcoder.</summary>
    public long LastUse => Interlocked.Read(ref _lastUse);

    public void UsedAt(long timestamp) => Interlocked.Exchange(ref _lastUse, timestamp);
}
