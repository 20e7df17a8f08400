using System.Text;

namespace Gateway.Access;

/// <summary>
/// A media request's query, sorted: ours (CMCD, credentials) and what speaks for one player alone comes out, the rest is the upstream's and keeps spelling and order. Only the three
/// blocking-reload directives move, to the end and into the order msn, part, skip, because clients differ in it and one playlist
/// must have one cache key.
/// </summary>
internal readonly struct MediaQuery
{
    private MediaQuery(string upstream, ReadOnlyMemory<char> cmcd, ReadOnlyMemory<char> accessToken, ReadOnlyMemory<char> edgeToken)
    {
        Upstream = upstream;
        Cmcd = cmcd;
        AccessToken = accessToken;
        EdgeToken = edgeToken;
    }

    /// <summary>What goes upstream and into the cache key: empty, or <c>?</c> and at least one parameter.</summary>
    public string Upstream => field ?? "";

    /// <summary>Value of <c>CMCD</c>, still percent-encoded; empty without one. The first counts.</summary>
    public ReadOnlyMemory<char> Cmcd { get; }

    /// <summary>Value of <c>access_token</c>, still percent-encoded; empty without one.</summary>
    public ReadOnlyMemory<char> AccessToken { get; }

    /// <summary>Value of <c>hdnts</c>, still percent-encoded; empty without one.</summary>
    public ReadOnlyMemory<char> EdgeToken { get; }

    /// <param name="query">Empty, or <c>?</c> and parameters.</param>
    /// <param name="sorted">The result.</param>
    /// <param name="takesCredentials">Whether credentials count here. Where a ticket alone counts, such a parameter is the upstream's own, as its manifest wrote it.</param>
    /// <returns>False for characters that have no place in a query: controls, space, <c>#</c>, what is not ASCII.</returns>
    public static bool TryRead(ReadOnlyMemory<char> query, out MediaQuery sorted, bool takesCredentials = true)
    {
        sorted = default;
        if (query.Length <= 1) return true;
        if (query.Span.ContainsAnyExceptInRange('!', '~') || query.Span.Contains('#')) return false;
        ReadOnlyMemory<char> cmcd = default, accessToken = default, edgeToken = default;
        var asItStands = true;
        var lastOrder = 0;
        for (var rest = query[1..]; TryTake(ref rest, out var name, out var value, out _);)
        {
            switch (Classify(name.Span, takesCredentials))
            {
                case Kind.Cmcd:
                    if (cmcd.IsEmpty) cmcd = value;
                    asItStands = false;
                    break;
                case Kind.AccessToken:
                    if (accessToken.IsEmpty) accessToken = value;
                    asItStands = false;
                    break;
                case Kind.EdgeToken:
                    if (edgeToken.IsEmpty) edgeToken = value;
                    asItStands = false;
                    break;
                case Kind.Throughput:
                    asItStands = false;
                    break;
                case var kind:
                    asItStands &= (int)kind >= lastOrder;
                    lastOrder = Math.Max(lastOrder, (int)kind);
                    break;
            }
        }

        sorted = new MediaQuery(asItStands ? query.ToString() : Rebuild(query[1..], takesCredentials), cmcd, accessToken, edgeToken);
        return true;
    }

    private static string Rebuild(ReadOnlyMemory<char> parameters, bool takesCredentials)
    {
        var built = new StringBuilder(parameters.Length + 1);
        for (var wanted = Kind.Upstream; wanted <= Kind.Skip; wanted++)
        {
            for (var rest = parameters; TryTake(ref rest, out var name, out _, out var whole);)
            {
                if (!whole.IsEmpty && Classify(name.Span, takesCredentials) == wanted) built.Append(built.Length == 0 ? '?' : '&').Append(whole.Span);
            }
        }

        return built.ToString();
    }

    private static bool TryTake(ref ReadOnlyMemory<char> rest, out ReadOnlyMemory<char> name, out ReadOnlyMemory<char> value, out ReadOnlyMemory<char> whole)
    {
        name = value = whole = default;
        if (rest.IsEmpty) return false;
        var end = rest.Span.IndexOf('&');
        whole = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        var equals = whole.Span.IndexOf('=');
        name = equals < 0 ? whole : whole[..equals];
        value = equals < 0 ? default : whole[(equals + 1)..];
        return true;
    }

    private static Kind Classify(ReadOnlySpan<char> name, bool takesCredentials) => name switch
    {
        "CMCD" => Kind.Cmcd,
        "access_token" when takesCredentials => Kind.AccessToken,
        "hdnts" when takesCredentials => Kind.EdgeToken,
        "_HLS_msn" => Kind.Msn,
        "_HLS_part" => Kind.Part,
        "_HLS_skip" => Kind.Skip,
        "_HLS_throughput" or "_DASH_throughput" => Kind.Throughput,
        _ => name.Contains('%') ? ClassifyEncoded(name, takesCredentials) : Kind.Upstream,
    };

    /// <summary>What is ours is ours in any spelling: upstream would read it in this one as well.</summary>
    private static Kind ClassifyEncoded(ReadOnlySpan<char> name, bool takesCredentials) => Uri.UnescapeDataString(name) switch
    {
        "CMCD" => Kind.Cmcd,
        "access_token" when takesCredentials => Kind.AccessToken,
        "hdnts" when takesCredentials => Kind.EdgeToken,
        _ => Kind.Upstream,
    };

    /// <summary>The kinds that go upstream come first, in the order in which they go.</summary>
    private enum Kind
    {
        Upstream,
        Msn,
        Part,
        Skip,

        /// <summary>What a player measured, told to a steering server: no two are alike, so it would make a cached answer everybody's own, and one viewer's would speak for all.</summary>
        Throughput,
        Cmcd,
        AccessToken,
        EdgeToken,
    }
}
