namespace Gateway.Sessions;

/// <summary>
/// The streams of users who may have only so many. Not thread-safe: looking and entering must be one step, else two wishes at once could both be the last one allowed,
/// so its owner holds a lock around both.
/// </summary>
/// <remarks>
/// A viewing counts while something was heard of it within the timeout. One that another viewing takes the place of (a handoff, the next title on the same device)
/// does not count while its player comes to an end with it; who goes on with both for longer than that has two streams.
/// </remarks>
internal sealed class UserStreams(TimeSpan timeout, Func<SessionState, bool> isHere)
{
    private readonly Dictionary<string, List<SessionState>> _byUser = new(StringComparer.Ordinal);

    /// <summary>Enters a stream, if its user may have one more; what was before it on the same device gives its place up.</summary>
    public bool TryAdd(SessionState session, DateTimeOffset now)
    {
        var streams = Of(session.User);
        if (!MayBe(session, streams, now)) return false;
        streams.Add(session);
        if (session.Order is not { Prewarmed: false, DeviceId: not null } order) return true;
        foreach (var other in streams)
        {
            if (other != session && IsOnDevice(other, order)) other.Supersede(now);
        }

        return true;
    }

    /// <summary>Whether a stream that was silent for long enough not to count may count again.</summary>
    public bool MayReturn(SessionState session, DateTimeOffset now)
    {
        var streams = Of(session.User);
        if (!MayBe(session, streams, now)) return false;
        if (!streams.Contains(session)) streams.Add(session);
        return true;
    }

    /// <summary>Forgets users of whom nothing is here.</summary>
    public void Trim()
    {
        foreach (var (user, sessions) in _byUser)
        {
            if (!sessions.Exists(s => isHere(s))) _byUser.Remove(user);
        }
    }

    private bool MayBe(SessionState session, List<SessionState> streams, DateTimeOffset now) =>
        streams.Count(s => s != session && Counts(s, session.Order, now)) < session.Order.MaxStreams;

    private List<SessionState> Of(string user)
    {
        if (!_byUser.TryGetValue(user, out var sessions)) _byUser[user] = sessions = [];
        sessions.RemoveAll(s => !isHere(s));
        return sessions;
    }

    private bool Counts(SessionState session, SessionOrder wish, DateTimeOffset now)
    {
        if (session.Id == wish.Previous || now - session.LastActivity >= timeout || IsOnDevice(session, wish)) return false;
        if (session.SupersededAt is { } since && session.LastActivity < since + timeout) return false;
        return !session.Order.Prewarmed || session.Playhead.HasBegun;
    }

    private static bool IsOnDevice(SessionState session, SessionOrder wish) =>
        wish.DeviceId is not null && string.Equals(session.Order.DeviceId, wish.DeviceId, StringComparison.Ordinal);
}
