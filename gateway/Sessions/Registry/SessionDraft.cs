namespace Gateway.Sessions.Registry;

/// <summary>
/// A session that waits for the origin to show its title: it has its place in the table and its ticket, but nobody finds it. Requests of one viewer that come together share
/// it, and the first that is answered with the title opens it; when the last of them has gone without, it never was.
/// </summary>
internal sealed class SessionDraft(SessionState session, ViewerKey key)
{
    public SessionState Session => session;

    public ViewerKey Key => key;

    /// <summary>Requests that are under way; of the drafts alone, under their lock.</summary>
    internal int Waiting { get; set; } = 1;

    /// <inheritdoc cref="Waiting"/>
    internal bool IsOpen { get; set; }

    /// <summary>Whether a request for it was answered with a failure that is not the client's.</summary>
    public bool HasFailed { get; set; }
}
