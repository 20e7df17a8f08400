using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gateway.Access;
using Gateway.Live.Fetch;
using Gateway.Live.Keys;
using Gateway.Live.Sessions;
using Gateway.Live.Timeline;
using Gateway.Media;

namespace Gateway.Playback;

/// <summary>What is special about <c>/stream/{id}/playlist.m3u8</c>: its address lies in the built-in cluster, its query is a closed set, and its own capability opens it.</summary>
internal sealed class StreamRoute(LiveGate gate)
{
    public const string Template = "/stream/{id}/playlist.m3u8";

    private static readonly string[] Known = ["start", "end", "delay", "_HLS_skip"];

    /// <summary>The session that a path names; null for a path that is none of these.</summary>
    public static StreamTarget? Read(PathString path)
    {
        if (path.Value is not { } text || !text.StartsWith(LiveFetch.Folder, StringComparison.OrdinalIgnoreCase)) return null;
        var slash = text.IndexOf('/', LiveFetch.Folder.Length);
        return slash > 0 && text.AsSpan(slash + 1).SequenceEqual(LiveFetch.PlaylistName) ? new StreamTarget(text[LiveFetch.Folder.Length..slash]) : null;
    }

    /// <summary>Its address, with what the query says in one spelling; null with what is wrong.</summary>
    public static MediaAddress? AddressOf(StreamTarget stream, MediaQuery query, [NotNullWhen(false)] out string? error)
    {
        error = "The session's id has letters, digits, _ and -.";
        if (!StreamChunkKey.IsSessionId(stream.Session)) return null;
        error = PlaylistRequest.Advice;
        var kept = new StringBuilder();
        foreach (var parameter in query.Upstream.TrimStart('?').Split('&'))
        {
            var name = parameter.Split('=')[0];
            if (Array.IndexOf(Known, name) >= 0) kept.Append(kept.Length == 0 ? '?' : '&').Append(parameter);
        }

        if (PlaylistRequest.Read(kept.ToString()) is null) return null;
        error = null;
        return new MediaAddress(LiveFetch.Cluster, LiveFetch.PlaylistOf(stream.Session), kept.ToString());
    }

    /// <summary>What the capability in the address opens; null where it has none that is good.</summary>
    public AccessGrant? CapabilityOf(HttpRequest request, StreamTarget stream) => gate.WatchGrant(request, stream.Session);
}
