namespace Gateway.Access.Tickets;

/// <summary>Makes the tickets of new sessions by the rules of <see cref="AccessOptions"/>.</summary>
internal sealed class TicketOffice(AccessOptions options, TimeProvider time)
{
    /// <summary>A ticket for the folder in which <paramref name="path"/> lies.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="user">Opaque name of the user; empty for nobody in particular.</param>
    /// <param name="cluster">Where the media lie.</param>
    /// <param name="path">The upstream path with which playing starts, in general a manifest's.</param>
    public Ticket Open(Guid session, string user, string cluster, string path)
    {
        var now = time.GetUtcNow();
        return new Ticket
        {
            Session = session,
            User = user,
            Cluster = cluster,
            Scope = TicketScope.Of(TicketScope.FolderOf(path)),
            IssuedAt = now,
            FreshUntil = now + options.TicketLifetime,
            HardExpiry = now + options.TicketHardLimit,
        };
    }
}
