using System.Text;

namespace Gateway.Access;

/// <summary>
/// A media request's query, sorted: the gateway's own parameters (CMCD, credentials) and those of one player alone are taken out, the rest is the upstream's and keeps spelling and order. Only the three
/// blocking-reload directives move, to the end and into the order msn, part, skip, because clients differ in it and one playlist
/// must have one cache key.
/// </summary>
internal readonly struct MediaQuery
{
    private MediaQuery(string upstream, ReadOnlyMemory<char> cmcd, ReadOnlyMemory<char> accessToken, ReadOnlyMemory<char> edgeToken, bool isAuto, Guid? draw)
    {
        Upstream = upstream;
        Cmcd = cmcd;
        AccessToken = accessToken;
        EdgeToken = edgeToken;
        IsAuto = isAuto;
        Draw = draw;
    }

    /// <summary>What goes upstream and into the cache key: empty, or <c>?</c> and at least one parameter.</summary>
    public string Upstream => field ?? "";

    /// <summary>Value of <c>CMCD</c>, still percent-encoded; empty without one. The first counts.</summary>
    public ReadOnlyMemory<char> Cmcd { get; }

    /// <summary>Value of <c>access_token</c>, still percent-encoded; empty without one.</summary>
    public ReadOnlyMemory<char> AccessToken { get; }

    /// <summary>Value of <c>hdnts</c>, still percent-encoded; empty without one.</summary>
    public ReadOnlyMemory<char> EdgeToken { get; }

    /// <summary>Whether <c>rendition=auto</c> is asked for: one rendition, of which the gateway chooses each segment's rung.</summary>
    public bool IsAuto { get; }

    /// <summary>Value of <c>draw</c>: the name under which a page without a named viewer was told its engine, which it follows with this request; null without one.</summary>
    public Guid? Draw { get; }

    /// <param name="query">Empty, or <c>?</c> and parameters.</param>
    /// <param name="sorted">The result.</param>
    /// <param name="takesCredentials">Whether credentials count here. Where a ticket alone counts, such a parameter is the upstream's own, as its manifest wrote it.</param>
    /// <param name="accepted">Where none counts, those that are the gateway's all the same; null for none.</param>
    /// <returns>False for characters that have no place in a query: controls, space, <c>#</c>, what is not ASCII.</returns>
    public static bool TryRead(ReadOnlyMemory<char> query, out MediaQuery sorted, bool takesCredentials = true, AcceptedCredentials? accepted = null)
    {
        sorted = default;
        if (query.Length <= 1) return true;
        if (query.Span.ContainsAnyExceptInRange('!', '~') || query.Span.Contains('#')) return false;
        ReadOnlyMemory<char> cmcd = default, accessToken = default, edgeToken = default;
        var asItStands = true;
        var isAuto = false;
        Guid? draw = null;
        var lastOrder = 0;
        for (var rest = query[1..]; TryTake(ref rest, out var name, out var value, out _);)
        {
            switch (KindOf(name.Span, value.Span, takesCredentials, accepted))
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
                case Kind.Auto:
                    isAuto = true;
                    asItStands = false;
                    break;
                case Kind.Draw:
                    draw ??= Guid.ParseExact(value.Span, "N");
                    asItStands = false;
                    break;
                case var kind:
                    asItStands &= (int)kind >= lastOrder;
                    lastOrder = Math.Max(lastOrder, (int)kind);
                    break;
            }
        }

        sorted = new MediaQuery(asItStands ? query.ToString() : Rebuild(query[1..], takesCredentials, accepted), cmcd, accessToken, edgeToken, isAuto, draw);
        return true;
    }

    private static string Rebuild(ReadOnlyMemory<char> parameters, bool takesCredentials, AcceptedCredentials? accepted)
    {
        var built = new StringBuilder(parameters.Length + 1);
        for (var wanted = Kind.Upstream; wanted <= Kind.Skip; wanted++)
        {
            for (var rest = parameters; TryTake(ref rest, out var name, out var value, out var whole);)
            {
                if (!whole.IsEmpty && KindOf(name.Span, value.Span, takesCredentials, accepted) == wanted) built.Append(built.Length == 0 ? '?' : '&').Append(whole.Span);
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

    private static Kind KindOf(ReadOnlySpan<char> name, ReadOnlySpan<char> value, bool takesCredentials, AcceptedCredentials? accepted)
    {
        // Only where a session begins; within one it is upstream's, as are all other values.
        if (takesCredentials && name is "rendition" && value is "auto") return Kind.Auto;
        if (takesCredentials && name is "draw" && Guid.TryParseExact(value, "N", out _)) return Kind.Draw;
        var kind = Classify(name);
        // The gateway's own parameters are recognised in any spelling: upstream would read it in this one as well.
        if (kind == Kind.Upstream && name.Contains('%') && Classify(Uri.UnescapeDataString(name)) is var plain and >= Kind.Cmcd) kind = plain;
        if (takesCredentials || kind is not (Kind.AccessToken or Kind.EdgeToken)) return kind;
        return accepted?.Holds(value) == true ? kind : Kind.Upstream;
    }

    private static Kind Classify(ReadOnlySpan<char> name) => name switch
    {
        "CMCD" => Kind.Cmcd,
        "access_token" => Kind.AccessToken,
        "hdnts" => Kind.EdgeToken,
        "_HLS_msn" => Kind.Msn,
        "_HLS_part" => Kind.Part,
        "_HLS_skip" => Kind.Skip,
        "_HLS_throughput" or "_DASH_throughput" => Kind.Throughput,
        _ => Kind.Upstream,
    };

    /// <summary>The kinds that go upstream come first, in the order in which they go; from <see cref="Cmcd"/> on they are ours.</summary>
    private enum Kind
    {
        Upstream,
        Msn,
        Part,
        Skip,

        /// <summary>A player's measurement for a steering server: no two are alike, so it would split the cache per viewer, and one viewer's value would be sent for all.</summary>
        Throughput,
        Cmcd,
        AccessToken,
        EdgeToken,
        Auto,
        Draw,
    }
}
