using Gateway.Media;
using Gateway.Origin;
using Gateway.Sessions.Registry;
using Gateway.Transcoding;

namespace Gateway.Playback;

/// <summary>
/// Of which title a file is that the transcoder makes: its address names the transcode and not the title, and a session that began at another gateway may ask here for the first time, when that one has
/// let go of the title.
/// </summary>
internal sealed class MadeTitles(TranscoderOptions transcoder, MediaOptions media)
{
    /// <returns>Null for what is not made, and where the session's title is not known.</returns>
    public string? TitleOf(SessionState session, MediaAddress address)
    {
        if (!transcoder.IsOn() || !transcoder.Makes(address)) return null;
        if (session.Parameters.MediaId.Length > 0) return session.Parameters.MediaId;
        return string.Equals(session.Entry.Cluster, OriginOptions.DefaultCluster, StringComparison.Ordinal) ? media.TitleAt(session.Entry.Path) : null;
    }
}
