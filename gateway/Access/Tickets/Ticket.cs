using Gateway.Media;

namespace Gateway.Access.Tickets;

/// <summary>
/// The signed content that a session's URLs carry instead of a look-up: user, media scope and expiry. Immutable; the same ticket always has the same
/// text, so URLs do not change during a session (players fetch a key again whose URL changed).
/// </summary>
internal sealed record Ticket
{
    private readonly DateTimeOffset _issuedAt;
    private readonly DateTimeOffset _freshUntil;
    private readonly DateTimeOffset _hardExpiry;

    /// <summary>The session's id, 128 bits.</summary>
    public required Guid Session { get; init; }

    /// <summary>Opaque name of the user, at most <see cref="TicketCodec.MaxUserBytes"/> bytes in UTF-8; empty for nobody in particular.</summary>
    public string User { get; init; } = "";

    /// <summary>Id of the cluster that the ticket opens.</summary>
    public required string Cluster { get; init; }

    /// <summary>What it opens there; see <see cref="TicketScope"/>.</summary>
    public required string Scope { get; init; }

    /// <summary>What the credential opened, as far as a ticket carries it: by it tickets for other folders are made, on any node.</summary>
    public MediaGrant Grant { get; init; } = MediaGrant.Everything;

    /// <summary>Whole seconds; a fraction is cut off.</summary>
    public required DateTimeOffset IssuedAt
    {
        get => _issuedAt;
        init => _issuedAt = WholeSeconds(value);
    }

    /// <summary>Until then the ticket is good by itself; afterwards only while its session lives. Whole seconds.</summary>
    public required DateTimeOffset FreshUntil
    {
        get => _freshUntil;
        init => _freshUntil = WholeSeconds(value);
    }

    /// <summary>From then on the ticket opens nothing, whatever its session does. Whole seconds.</summary>
    public required DateTimeOffset HardExpiry
    {
        get => _hardExpiry;
        init => _hardExpiry = WholeSeconds(value);
    }

    /// <summary>Highest bitrate the holder paid for, in kbit/s; 0 = no limit.</summary>
    public int MaxKbps { get; init; }

    /// <summary>Most streams that the user may have at a time; 0 = no limit. Every node that gets the ticket enforces it, also when no node remembers the session.</summary>
    public int MaxStreams { get; init; }

    /// <summary>
    /// Whether it opens media only: another viewer at the same address with the same player gets the same URLs, and must not end or falsify the first one's session.
    /// </summary>
    public bool IsForMediaOnly { get; init; }

    /// <summary>
    /// Whether the session plays the rendition <c>auto</c>: its media addresses name segments, and which rung of each it gets is the gateway's choice.
    /// </summary>
    public bool IsAuto { get; init; }

    /// <summary>What the holder must show besides the ticket.</summary>
    public TicketBinding Binding { get; init; }

    /// <summary>Whether the ticket opens an address. Dot segments are refused by <see cref="MediaPath"/> before anything comes here.</summary>
    public bool Covers(MediaAddress address) =>
        string.Equals(Cluster, address.Cluster, StringComparison.Ordinal)
        && (string.Equals(Scope, TicketScope.ByGrant, StringComparison.Ordinal) ? Grant.Holds(address.Path) : TicketScope.Holds(Scope, address.Path));

    /// <summary>
    /// The same session's ticket for media elsewhere: what a manifest refers to outside of its own folder. With everything below where the grant holds that, else for
    /// what lies in the folder itself: what a manifest names must not open more than it names.
    /// </summary>
    /// <param name="cluster">Id of a configured cluster.</param>
    /// <param name="folder">Begins and ends with a slash. May have variables of a DASH template in it; the ticket is then good for all folders that they can give.</param>
    /// <param name="grantedPathsOnly">Whether it opens no more than the grant, whatever is named.</param>
    public Ticket WithScope(string cluster, string folder, bool grantedPathsOnly = false)
    {
        var fixedPart = TicketScope.FixedFolder(folder);
        var scope = Grant.HoldsTree(fixedPart) ? TicketScope.Of(fixedPart) : grantedPathsOnly ? TicketScope.ByGrant : TicketScope.OfFolderAlone(folder);
        return this with { Cluster = cluster, Scope = scope };
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
