namespace Gateway.Access.Tickets;

/// <summary>Issues the tickets of new sessions by the rules of <see cref="AccessOptions"/>.</summary>
internal sealed class TicketIssuer(AccessOptions options, TimeProvider time)
{
    /// <summary>Whether sessions get tickets only for what their credentials opened; see <see cref="AccessOptions.GrantedPathsOnly"/>.</summary>
    public bool GrantedPathsOnly => options.GrantedPathsOnly;

    /// <summary>
    /// A ticket for the folder in which <paramref name="path"/> lies and everything below, as far as the grant holds it: where it holds only a part, the ticket opens that part.
    /// </summary>
    /// <param name="session">The session's id.</param>
    /// <param name="user">Opaque name of the user; empty for nobody in particular.</param>
    /// <param name="cluster">Where the media lie.</param>
    /// <param name="path">The upstream path with which playing starts, in general a manifest's.</param>
    /// <param name="grant">What the credential opens; null for everything.</param>
    public Ticket Open(Guid session, string user, string cluster, string path, MediaGrant? grant = null)
    {
        var now = time.GetUtcNow();
        var whole = grant ?? MediaGrant.Everything;
        var carried = whole.ForTicket(path);
        var folder = TicketScope.FolderOf(path);
        return new Ticket
        {
            Session = session,
            User = user,
            Cluster = cluster,
            // What a ticket cannot carry (a pattern of a hundred letters) still opens the folder that it was asked for, and nothing below: as what a manifest names there does.
            Scope = whole.HoldsTree(folder) ? TicketScope.Of(folder) : carried.Holds(path) || options.GrantedPathsOnly ? TicketScope.ByGrant : TicketScope.OfFolderAlone(folder),
            Grant = carried,
            IssuedAt = now,
            FreshUntil = now + options.TicketLifetime,
            HardExpiry = now + options.TicketHardLimit,
        };
    }
}
