using Gateway.Media;

namespace Gateway.Origin;

/// <summary>
/// What is to be fetched from upstream. All values are copied out of the client's request: a fetch outlives the request that started it.
/// </summary>
internal sealed class OriginRequest
{
    /// <summary>Names of titles are kept; longer ones are cut, and tell titles apart all the same.</summary>
    private const int MostLetters = 256;

    public required MediaAddress Address { get; init; }

    public FetchPurpose Purpose { get; init; } = FetchPurpose.Demand;

    /// <summary>Folder in which all of the title lies that this belongs to; null where nobody knows.</summary>
    public string? Title { get; init; }

    /// <summary>HEAD instead of GET; the reply then has no body, whatever its length says.</summary>
    public bool HeadOnly { get; init; }

    /// <summary>Part wanted; the upstream may answer 200 with everything.</summary>
    public ByteRange? Range { get; init; }

    /// <summary>Strong validator that the part must belong to (<c>If-Range</c>); only with <see cref="Range"/>.</summary>
    public string? IfRange { get; init; }

    /// <summary>Entity tag of what is held already (<c>If-None-Match</c>); the reply may then be 304.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>Last-Modified of what is held already, as it was received (<c>If-Modified-Since</c>).</summary>
    public string? IfModifiedSince { get; init; }

    /// <summary>Fields of the client's request that go upstream: what a <c>Vary</c> may name. Never hop-by-hop, never our own credentials.</summary>
    public HeaderLine[] Fields { get; init; } = [];

    /// <summary>Time to the head in place of the configured one, for requests that upstream is meant to hold (blocking playlist reload).</summary>
    public TimeSpan? FirstByteLimit { get; init; }

    /// <summary>
    /// Asked before each further try of what failed: true when nobody wants the answer any more, and nobody will. May be asked from any thread.
    /// </summary>
    public Func<bool>? GivesUp { get; init; }

    /// <summary>
    /// The request of an operator's own route: <see cref="Fields"/> are all that goes up, the client's credentials and its Host among them; nothing is added but Via.
    /// Redirects are handed out as they are, and a failed try is not repeated: what it means is for its client and upstream to know.
    /// </summary>
    public bool Verbatim { get; init; }

    /// <summary>
    /// By what a request counts when destinations are judged: its title, else its folder. What lies in no folder stands for itself.
    /// </summary>
    /// <param name="hop">Where it is now: the address, or where a redirect led.</param>
    public string TitleAt(MediaAddress hop)
    {
        if (Title is { Length: > 1 and <= MostLetters } title && hop.Path.StartsWith(title, StringComparison.Ordinal) && hop.Cluster == Address.Cluster) return title;
        var slash = hop.Path.LastIndexOf('/');
        var length = slash > 0 ? slash + 1 : hop.Path.Length;
        return hop.Path[..Math.Min(length, MostLetters)];
    }
}
