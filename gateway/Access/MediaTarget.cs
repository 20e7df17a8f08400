using Gateway.Access.Tickets;
using Gateway.Media;

namespace Gateway.Access;

/// <summary>
/// A media request's target taken apart: <c>/play/{asset}</c>, <c>/api/v1/playback/{ticket}/{cluster}/{asset}</c> or <c>/api/v1/files/{ticket}/{file}</c>, and the query
/// sorted into the gateway's part and the upstream's.
/// </summary>
/// <remarks>
/// Read from the raw target (<c>IHttpRequestFeature.RawTarget</c>), because Kestrel decodes <c>HttpRequest.Path</c>, and the spelling
/// matters: it is signed into tickets, keys the cache and goes upstream as it came in.
/// </remarks>
internal readonly struct MediaTarget
{
    private const string PlayPrefix = "/play";
    private const string PlaybackPrefix = "/api/v1/playback/";
    private const string FilesPrefix = "/api/v1/files/";

    private readonly string _raw;
    private readonly Range _ticket;
    private readonly Range _cluster;

    private MediaTarget(string raw, Range ticket, Range cluster, string path, MediaQuery query)
    {
        _raw = raw;
        _ticket = ticket;
        _cluster = cluster;
        Path = path;
        Query = query;
    }

    /// <summary>The ticket's text, unchecked; empty under <c>/play</c>.</summary>
    public ReadOnlySpan<char> Ticket => _raw.AsSpan()[_ticket];

    /// <summary>Id of the cluster as the client spells it, not known to exist; empty under <c>/play</c>, and for files, which lie in the ticket's own.</summary>
    public ReadOnlySpan<char> Cluster => _raw.AsSpan()[_cluster];

    /// <summary>The upstream's path; begins with a slash; judged by <see cref="MediaPath"/>.</summary>
    public string Path { get; }

    public MediaQuery Query { get; }

    /// <summary>Where the request leads, when the ticket opens it.</summary>
    public bool TryGetAddress(Ticket ticket, out MediaAddress address)
    {
        address = new MediaAddress(ticket.Cluster, Path, Query.Upstream);
        return (Cluster.IsEmpty || Cluster.SequenceEqual(ticket.Cluster)) && ticket.Covers(address);
    }

    /// <summary>Reads <c>/play/{asset}</c>.</summary>
    public static MediaPathVerdict TryReadPlay(string rawTarget, out MediaTarget target)
    {
        target = default;
        if (!TrySplit(rawTarget, PlayPrefix, out var path, out var query, out var verdict)) return verdict;
        return Finish(rawTarget, path, MediaQuery.TryRead(rawTarget.AsMemory()[query], out var sorted) ? sorted : null, default, default, ref target);
    }

    /// <summary>Reads <c>/api/v1/playback/{ticket}/{cluster}/{asset}</c>.</summary>
    /// <param name="rawTarget">The request's target as it came.</param>
    /// <param name="target">The result.</param>
    /// <param name="accepted">Credentials that are the gateway's, where they stand in the query; every other is the upstream's.</param>
    public static MediaPathVerdict TryReadPlayback(string rawTarget, out MediaTarget target, AcceptedCredentials? accepted = null)
    {
        return TryReadTicketed(rawTarget, PlaybackPrefix, namesCluster: true, out target, accepted);
    }

    /// <summary>Reads <c>/api/v1/files/{ticket}/{file}</c>: the cluster is the ticket's.</summary>
    /// <inheritdoc cref="TryReadPlayback"/>
    public static MediaPathVerdict TryReadFile(string rawTarget, out MediaTarget target, AcceptedCredentials? accepted = null) =>
        TryReadTicketed(rawTarget, FilesPrefix, namesCluster: false, out target, accepted);

    private static MediaPathVerdict TryReadTicketed(string rawTarget, string prefix, bool namesCluster, out MediaTarget target, AcceptedCredentials? accepted)
    {
        target = default;
        if (!TrySplit(rawTarget, prefix, out var path, out var query, out var verdict)) return verdict;
        var raw = rawTarget.AsSpan();
        if (!TryTakeSegment(raw, ref path, out var ticket)) return MediaPathVerdict.NotMedia;
        Range cluster = default;
        if (namesCluster && !TryTakeSegment(raw, ref path, out cluster)) return MediaPathVerdict.NotMedia;
        // The asset begins with the slash that ended the segment before it.
        return Finish(
            rawTarget,
            (path.Start.Value - 1)..path.End,
            MediaQuery.TryRead(rawTarget.AsMemory()[query], out var sorted, takesCredentials: false, accepted) ? sorted : null,
            ticket,
            cluster,
            ref target);
    }

    private static MediaPathVerdict Finish(string rawTarget, Range path, MediaQuery? query, Range ticket, Range cluster, ref MediaTarget target)
    {
        var asset = rawTarget.AsSpan()[path];
        if (asset.Length < 2) return MediaPathVerdict.NotMedia;
        var verdict = MediaPath.Judge(asset);
        if (verdict != MediaPathVerdict.Accepted) return verdict;
        if (query is not { } sorted) return MediaPathVerdict.ForbiddenCharacter;
        target = new MediaTarget(rawTarget, ticket, cluster, asset.ToString(), sorted);
        return MediaPathVerdict.Accepted;
    }

    private static bool TrySplit(string rawTarget, string prefix, out Range path, out Range query, out MediaPathVerdict verdict)
    {
        path = query = default;
        verdict = MediaPathVerdict.TooLong;
        if (rawTarget.Length > MediaPath.MaxLength) return false;
        verdict = MediaPathVerdict.NotMedia;
        var raw = rawTarget.AsSpan();
        var start = AuthorityLength(raw);
        // Route matching ignores case, hence so does this.
        if (!raw[start..].StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return false;
        start += prefix.Length;
        var end = raw[start..].IndexOf('?');
        end = end < 0 ? raw.Length : start + end;
        if (prefix == PlayPrefix && (start == end || raw[start] != '/')) return false;
        path = start..end;
        query = end..raw.Length;
        return true;
    }

    /// <summary>HTTP/1.1 clients of a proxy send the absolute form (RFC 9112 §3.2.2), and a server has to take it.</summary>
    private static int AuthorityLength(ReadOnlySpan<char> raw)
    {
        if (raw is ['/', ..]) return 0;
        var scheme = raw.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : raw.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
        if (scheme == 0) return 0;
        var slash = raw[scheme..].IndexOf('/');
        return slash < 0 ? raw.Length : scheme + slash;
    }

    private static bool TryTakeSegment(ReadOnlySpan<char> raw, ref Range path, out Range segment)
    {
        segment = default;
        var length = raw[path].IndexOf('/');
        if (length <= 0) return false;
        var start = path.Start.Value;
        segment = start..(start + length);
        path = (start + length + 1)..path.End;
        return true;
    }
}
