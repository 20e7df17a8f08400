using System.Collections.Concurrent;
using Gateway.Access.Tickets;
using Gateway.Media;

namespace Gateway.Sessions.Registry;

/// <summary>
/// The path of one session before the cluster, <c>/api/v1/playback/{ticket}</c>, for any address that a manifest refers to. Media in the
/// session's own folder use the session's ticket; what lies elsewhere uses a ticket of the same session for that folder, which is always
/// the same one, so that no URL changes during the session.
/// </summary>
/// <remarks>Thread-safe. The memory for other folders is bounded; beyond it tickets are simply signed anew, to the same text.</remarks>
internal sealed class TicketPaths(TicketSigner signer, Ticket ticket, bool grantedPathsOnly = false)
{
    /// <summary>Root of the playback route.</summary>
    public const string Root = "/api/v1/playback/";

    private const int MaxRemembered = 32;

    private readonly string _own = Root + signer.Issue(ticket);

    // Nearly all sessions have their media in their own folder, and an empty one takes as much as a tenth of a session.
    private ConcurrentDictionary<(string Cluster, string Folder), string>? _elsewhere;

    public Ticket Ticket => ticket;

    /// <summary>The session's own ticket as it stands in URLs.</summary>
    public string Text => _own[Root.Length..];

    /// <summary>The ticket that ends the session, hands it off and sets its position, where <see cref="Text"/> is for media only; given to the session's creator.</summary>
    public string ControlText => ticket.IsForMediaOnly ? signer.Issue(ticket with { IsForMediaOnly = false }) : Text;

    /// <summary>The path for an address that only the gateway named: another form of the title. Where the grant does not open it, it gets the session's ticket, which does not open it either.</summary>
    public string ForEntry(MediaAddress address) => ticket.Grant.Holds(address.Path) ? For(address) : _own;

    public string For(MediaAddress address)
    {
        if (ticket.Covers(address)) return _own;
        var key = (address.Cluster, TicketScope.FolderOf(address.Path));
        var elsewhere = _elsewhere ?? Interlocked.CompareExchange(ref _elsewhere, new(concurrencyLevel: 1, capacity: 4), null) ?? _elsewhere;
        if (elsewhere.TryGetValue(key, out var path)) return path;
        path = Root + signer.Issue(ticket.WithScope(key.Cluster, key.Item2, grantedPathsOnly));
        if (elsewhere.Count < MaxRemembered) elsewhere.TryAdd(key, path);
        return path;
    }
}
