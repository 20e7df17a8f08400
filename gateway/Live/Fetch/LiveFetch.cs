using System.Globalization;
using Gateway.Live.Keys;
using Gateway.Live.Sessions;
using Gateway.Live.Storage;
using Gateway.Live.Timeline;
using Gateway.Origin;

namespace Gateway.Live.Fetch;

/// <summary>
/// The built-in cluster <c>live</c>: answers the cache's fetches of live playlists and segments in process, so that viewers of a live session go the road of all others. Everything else goes on to the
/// next fetcher.
/// </summary>
internal sealed class LiveFetch(LiveSessions sessions, IObjectStore store, LiveTelemetry telemetry, TimeProvider time)
{
    /// <summary>Id of the cluster.</summary>
    public const string Cluster = "live";

    /// <summary>Base of its references; a name that leads nowhere (RFC 6761 §6.4).</summary>
    public const string Root = "http://live.invalid";

    public const string Folder = "/stream/";
    public const string PlaylistName = "playlist.m3u8";

    /// <summary>Path of a session's playlist, here and outside.</summary>
    public static string PlaylistOf(string session) => $"{Folder}{session}/{PlaylistName}";

    public static bool Takes(OriginRequest request) => string.Equals(request.Address.Cluster, Cluster, StringComparison.Ordinal);

    public async ValueTask<OriginReply> FetchAsync(OriginRequest request, CancellationToken cancellation)
    {
        var path = request.Address.Path.AsSpan();
        if (!path.StartsWith(Folder, StringComparison.Ordinal)) return Status(404);
        var rest = path[Folder.Length..];
        var slash = rest.IndexOf('/');
        if (slash <= 0 || !StreamChunkKey.IsSessionId(rest[..slash])) return Status(404);
        var name = rest[(slash + 1)..].ToString();
        var id = rest[..slash].ToString();
        try
        {
            if (sessions.IsPurged(id)) return Status(410);
            if (await sessions.FindAsync(id) is not { } session) return Status(404);
            await session.RefreshAsync();
            if (name == PlaylistName) return Playlist(session, request);
            if (StreamChunkKey.TryReadSegmentName(name, out var index)) return await SegmentAsync(session, index, request, cancellation);
            return StreamChunkKey.TryReadInitName(name, out _) ? await ObjectAsync(id, name, null, request, cancellation) : Status(404);
        }
        catch (IOException)
        {
            if (name == PlaylistName) telemetry.PlaylistFailed();
            return Status(503, new HeaderLine("Retry-After", "1"));
        }
    }

    private OriginReply Playlist(LiveSession session, OriginRequest request)
    {
        if (PlaylistRequest.Read(request.Address.Query) is not { } wanted) return Status(404);
        var now = time.GetUtcNow();
        session.WatchedAt = now;
        var (_, text, tag) = session.Playlist(wanted, now);
        // Each request asks anew: a version that is a moment old could be older than what the same viewer got from another node.
        HeaderLine[] fields =
        [
            new("Content-Type", "application/vnd.apple.mpegurl"), new("Cache-Control", "no-cache"), new("ETag", tag),
            new("Content-Length", text.Length.ToString(CultureInfo.InvariantCulture)), new("Date", now.ToString("R", CultureInfo.InvariantCulture)),
        ];
        if (string.Equals(request.IfNoneMatch, tag, StringComparison.Ordinal)) return Reply(304, fields[1..3], request, 0, Stream.Null);
        return Reply(200, fields, request, text.Length, request.HeadOnly ? Stream.Null : new MemoryStream(text, writable: false));
    }

    /// <summary>A gap, and what is not listed yet, is told at once: players that do not know gaps ask for it.</summary>
    private async ValueTask<OriginReply> SegmentAsync(LiveSession session, int index, OriginRequest request, CancellationToken cancellation)
    {
        var entry = session.Look(t => t.EntryAt(index));
        return entry is null or { IsGap: true } ? Status(404) : await ObjectAsync(session.Id, StreamChunkKey.SegmentNameOf(index), entry, request, cancellation);
    }

    private async ValueTask<OriginReply> ObjectAsync(string session, string name, TimelineEntry? entry, OriginRequest request, CancellationToken cancellation)
    {
        var stored = await store.OpenAsync(StreamChunkKey.OutputFolderOf(session) + name, cancellation);
        if (stored is null) return Status(404);
        var tag = $"\"{session}-{name}\"";
        HeaderLine[] fields =
        [
            new("Content-Type", "video/mp4"), new("Cache-Control", "public, max-age=86400"), new("ETag", tag),
            new("Content-Length", stored.Length.ToString(CultureInfo.InvariantCulture)), new("Date", time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture)),
        ];
        if (request.HeadOnly || string.Equals(request.IfNoneMatch, tag, StringComparison.Ordinal))
        {
            await stored.DisposeAsync();
            return request.HeadOnly ? Reply(200, fields, request, stored.Length, Stream.Null) : Reply(304, fields[1..3], request, 0, Stream.Null);
        }

        return Reply(200, fields, request, stored.Length, entry is null ? stored.Content : new ShiftedSegment(stored.Content, entry));
    }

    private static OriginReply Reply(int status, HeaderLine[] fields, OriginRequest request, long length, Stream body) =>
        new(new ResponseHead(status, fields), Root + request.Address.Path + request.Address.Query, length, body);

    private static OriginReply Status(int status, params HeaderLine[] fields) => new(new ResponseHead(status, fields), string.Empty, 0, Stream.Null);
}
