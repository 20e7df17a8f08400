using Gateway.Caching.Outages;
using Gateway.Caching.Policy;
using Gateway.Caching.Slices;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>
/// A handler's request to the <see cref="MediaCache"/>. Everything in it is copied out of the client's request, because the fetch that it may start outlives that.
/// </summary>
internal sealed class CacheRequest
{
    public required MediaAddress Address { get; init; }

    public FetchPurpose Purpose { get; init; } = FetchPurpose.Demand;

    public StorageRules Rules { get; init; } = StorageRules.Http;

    /// <summary>A HEAD request: answered from a stored object; when there is none, upstream gets a HEAD and nothing is stored.</summary>
    public bool HeadOnly { get; init; }

    /// <summary>
    /// Part that the client wants. The reply is of the whole object all the same, of which the handler sends the part; the range tells where the reading begins
    /// and ends, so that not more is fetched than the slices around it. Only a response that is not stored may be a 206 itself.
    /// </summary>
    public ByteRange? Range { get; init; }

    /// <summary>
    /// The client's fields that go upstream. Upstream can have selected by nothing else, so these alone are compared with a stored <c>Vary</c>;
    /// <c>Authorization</c>, <c>Cache-Control</c> and <c>Pragma</c> among them have their meaning of RFC 9111. Handlers that grant clients no cache control leave them out.
    /// </summary>
    public HeaderLine[] Fields { get; init; } = [];

    /// <summary>Separates objects of one address that must never be mixed, beyond Vary. Empty for almost everything.</summary>
    public string Partition { get; init; } = string.Empty;

    /// <summary>The title (the folder in which all its renditions lie) that the object belongs to, so that no title may own the cache; null: the path's directory.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// How long upstream may hold its response back on purpose (a blocking playlist reload): until then the fetch has not timed out, and
    /// followers wait for it. Null: the usual limits.
    /// </summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>
    /// Whether the request waits where upstream is away, for <see cref="OutageOptions.Patience"/> from its beginning: for media whose player would take one failure for the end. Not for what is
    /// better refused at once, as at a live edge.
    /// </summary>
    public bool AwaitsOrigin { get; init; }

    /// <summary>When it was first opened, where it may wait: a body that breaks before its first byte is opened once more, for the same client and within the same patience.</summary>
    internal long? WaitsSince { get; set; }

    /// <summary>Media that the client has left to play, by its own claim; null when it does not tell. A fetch may be slower for one that has plenty.</summary>
    public TimeSpan? Buffer { get; init; }

    /// <summary>Who asks, where a title may have to be made first; null for nobody in particular. Only the first one's counts.</summary>
    public StartConditions? Start { get; init; }

    /// <summary>
    /// A plain proxy's request: the client's fields go upstream as they are, credentials included, redirects go out as they are, and there is no retry.
    /// </summary>
    public bool Verbatim { get; init; }

    /// <summary>
    /// Whether the asker reads the body to its end before anything else: who begins the fetch may go on within its flow then. Anybody else is done while bytes are still coming in, and what the same connection brings next (thousands of
    /// requests in one packet) would hold up all who share the fetch.
    /// </summary>
    public bool ReadsToTheEnd { get; init; }

    /// <summary>Number of a slice of a large file: set by <see cref="SlicedFiles"/> alone, together with <see cref="Range"/>.</summary>
    internal long Slice { get; init; } = CacheKey.Whole;

    /// <summary>The validator that a part must belong to: that of a slice, or the client's own where upstream is asked for the client's own range.</summary>
    internal string? IfRange { get; init; }

    /// <summary>First byte of the file that the reading of a slice begins with, where it is known.</summary>
    internal long Reach { get; init; }

    /// <summary>Byte of the file after the last one that the reading of a slice is about, where it is known.</summary>
    internal long Until { get; init; } = ByteRange.ToEnd;

    /// <summary>First byte of the object, whole or slice, that is wanted.</summary>
    internal long FirstByte => Slice == CacheKey.Whole ? Range?.Offset ?? 0 : Math.Max(0, Reach - (Slice * SlicedFiles.SliceBytes));

    /// <summary>The bytes of the file that are wanted, where both ends are known and the beginning is not the file's: there anything may be asked for, to see what there is.</summary>
    internal ByteRange? Piece
    {
        get
        {
            var piece = Slice == CacheKey.Whole ? Range.GetValueOrDefault() : new ByteRange(Reach, Until - Reach);
            return piece.Offset > 0 && piece.End != ByteRange.ToEnd ? piece : null;
        }
    }

    /// <summary>The title, by default the path's directory.</summary>
    internal string TitleOrDirectory => Title ?? Address.Path[..(Address.Path.LastIndexOf('/') + 1)];

    /// <summary>The same request for the whole object.</summary>
    internal CacheRequest ForTheWhole() => new()
    {
        Address = Address,
        Purpose = Purpose,
        Rules = Rules,
        Fields = Fields,
        Partition = Partition,
        Title = Title,
        Patience = Patience,
        AwaitsOrigin = AwaitsOrigin,
        Buffer = Buffer,
        Verbatim = Verbatim,
    };
}
