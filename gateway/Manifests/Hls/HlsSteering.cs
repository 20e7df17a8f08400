using System.Buffers;
using System.Text;

namespace Gateway.Manifests.Hls;

/// <summary>Tells players of a multivariant playlist where to ask which gateway to play from (EXT-X-CONTENT-STEERING, RFC 8216bis §4.4.6.6). Its variants name no pathway: they are of the base pathway, of which the steering document makes the others.</summary>
internal static class HlsSteering
{
    /// <summary>Writes the playlist with the tag behind its first line; false for one that steers itself or names pathways.</summary>
    /// <param name="playlist">As the player gets it otherwise.</param>
    /// <param name="server">URL of the steering document.</param>
    /// <param name="output">Untouched where nothing is written.</param>
    public static bool TryApply(ReadOnlySpan<byte> playlist, string server, IBufferWriter<byte> output)
    {
        if (playlist.IndexOf("#EXT-X-CONTENT-STEERING"u8) >= 0 || playlist.IndexOf("PATHWAY-ID"u8) >= 0) return false;
        var end = playlist.IndexOf((byte)'\n');
        if (end < 0) return false;
        output.Write(playlist[..(end + 1)]);
        output.Write(Encoding.ASCII.GetBytes($"#EXT-X-CONTENT-STEERING:SERVER-URI=\"{server}\"\n"));
        output.Write(playlist[(end + 1)..]);
        return true;
    }
}
