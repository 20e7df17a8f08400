using Gateway.Media;

namespace Gateway.Origin;

/// <summary>
/// A request to upstream. All values are copied out of the client's request: a fetch outlives the request that started it.
/// </summary>
internal sealed class OriginRequest
{
    /// <summary>Most characters of a title's name; longer names are cut, and still tell titles apart.</summary>
    private const int MostLetters = 256;

    public required MediaAddress Address { get; init; }

    public FetchPurpose Purpose { get; init; } = FetchPurpose.Demand;

    /// <summary>Folder that holds all of the title; null where it is not known.</summary>
    public string? Title { get; init; }

    /// <summary>HEAD instead of GET; the reply then has no body, whatever its declared length.</summary>
    public bool HeadOnly { get; init; }

    /// <summary>Part wanted; the upstream may answer 200 with everything.</summary>
    public ByteRange? Range { get; init; }

    /// <summary>Strong validator that the part must belong to (<c>If-Range</c>); only with <see cref="Range"/>.</summary>
    public string? IfRange { get; init; }

    /// <summary>Entity tag of the stored response (<c>If-None-Match</c>); the reply may then be 304.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>Last-Modified of the stored response, as it was received (<c>If-Modified-Since</c>).</summary>
    public string? IfModifiedSince { get; init; }

    /// <summary>Fields of the client's request that go upstream: what a <c>Vary</c> may name. Never hop-by-hop, never our own credentials.</summary>
    public HeaderLine[] Fields { get; init; } = [];

    /// <summary>Time to the head in place of the configured one, for requests that upstream is meant to hold (blocking playlist reload).</summary>
    public TimeSpan? FirstByteLimit { get; init; }

    /// <summary>What is known of those who wait; null where it does not change while the fetch runs, and nothing is known of a buffer.</summary>
    public FetchUrgency? Urgency { get; init; }

    /// <summary>Whether a client waits for the response now.</summary>
    public bool IsDemanded => Purpose != FetchPurpose.Prefetch || Urgency is { IsDemanded: true };

    /// <summary>Who asks, where a title may have to be made first; null for nobody in particular.</summary>
    public StartConditions? Start { get; init; }

    /// <summary>
    /// Asked before each retry: true when nobody wants the response any more, and nobody will. May be called from any thread.
    /// </summary>
    public Func<bool>? GivesUp { get; init; }

    /// <summary>
    /// The request of an operator's own route: exactly <see cref="Fields"/> go upstream, the client's credentials and its Host among them; only Via is added.
    /// Redirects are handed out as they are, and a failed try is not repeated: only client and upstream know what that would mean.
    /// </summary>
    public bool Verbatim { get; init; }

    /// <summary>How much may be asked of upstream for it.</summary>
    public FetchEffort Effort { get; init; }

    /// <summary>Published media, the same bytes for everybody: another gateway may give them.</summary>
    public bool IsPublished { get; init; }

    /// <summary>
    /// The title by which a request counts for a destination's circuit: its own, else its folder. A file in no folder is its own title.
    /// </summary>
    /// <param name="hop">The address to request: the request's own, or where a redirect led.</param>
    public string TitleAt(MediaAddress hop) => TitleOf(hop.Cluster == Address.Cluster ? Title : null, hop);

    /// <summary>The same of any address.</summary>
    public static string TitleOf(string? title, MediaAddress address)
    {
        if (title is { Length: > 1 and <= MostLetters } && address.Path.StartsWith(title, StringComparison.Ordinal)) return title;
        var slash = address.Path.LastIndexOf('/');
        var length = slash > 0 ? slash + 1 : address.Path.Length;
        return address.Path[..Math.Min(length, MostLetters)];
    }

    /// <summary>The same request for the rest of its body.</summary>
    /// <param name="rest">The missing bytes.</param>
    /// <param name="validator">Strong validator of the representation that the bytes before them are of.</param>
    public OriginRequest ForRest(ByteRange rest, string validator) => new()
    {
        Address = Address,
        Purpose = Purpose,
        Title = Title,
        Range = rest,
        IfRange = validator,
        Fields = Fields,
        FirstByteLimit = FirstByteLimit,
        Urgency = Urgency,
        IsPublished = IsPublished,
        GivesUp = GivesUp,
    };

    /// <summary>The same request for what is made when it is asked for, at another address.</summary>
    /// <param name="address">Where that is.</param>
    /// <param name="patience">How long the making may take.</param>
    public OriginRequest ForMade(MediaAddress address, TimeSpan patience) => new()
    {
        Address = address,
        Purpose = Purpose,
        // A title elsewhere is not the one that the destination's circuit knows.
        Title = address == Address ? Title : null,
        HeadOnly = HeadOnly,
        Range = Range,
        IfRange = IfRange,
        IfNoneMatch = IfNoneMatch,
        IfModifiedSince = IfModifiedSince,
        Fields = Fields,
        FirstByteLimit = patience,
        Urgency = Urgency,
        GivesUp = GivesUp,
        Verbatim = Verbatim,
        Effort = Effort,
    };
}
