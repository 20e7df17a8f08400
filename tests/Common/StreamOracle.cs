namespace Gateway.Testing;

/// <summary>
/// Checks a stream limit by deliveries alone, without knowing its implementation: at no time are media under way to more sessions of a user than the
/// limit allows; and a session that had media within the timeout is a stream, until it ends, or until one that carries it on (by a handoff, or later on the same device) had
/// media after it. A delivery to a further session, while so many others are streams, exceeds the limit.
/// </summary>
internal sealed class StreamOracle(int places, TimeSpan timeout)
{
    private readonly Dictionary<Guid, Known> _sessions = [];
    private int _moment;

    /// <summary>The events so far, for the analysis of a failure.</summary>
    public List<string> Story { get; } = [];

    public int Deliveries { get; private set; }

    public void Opened(Guid id, Guid? previous, string? device) => _sessions[id] = new Known(previous, device, _moment++);

    public void Ended(Guid id)
    {
        if (_sessions.TryGetValue(id, out var session)) session.IsOver = true;
    }

    /// <summary>Media went to a session, or are still under way.</summary>
    public void Delivered(Guid id, DateTimeOffset now)
    {
        var session = _sessions[id];
        Assert.False(session.IsOver, $"{Tell()}\n{id} is over, and had media.");
        session.LastMoment = _moment++;
        session.LastAt = now;
        var streams = _sessions.Where(s => s.Key != id && IsStream(s.Key, s.Value, now)).Select(s => s.Key).ToArray();
        Assert.True(streams.Length < places, $"{Tell()}\n{id} had media beside {string.Join(", ", streams)}.");
        Deliveries++;
    }

    /// <summary>Sessions to which media are under way now.</summary>
    public void UnderWay(IEnumerable<Guid> sessions)
    {
        var at = sessions.Distinct().ToArray();
        Assert.True(at.Length <= places, $"{Tell()}\nMedia are on their way to {string.Join(", ", at)}.");
    }

    private bool IsStream(Guid id, Known session, DateTimeOffset now) =>
        !session.IsOver && session.LastAt is { } last && now - last < timeout && !_sessions.Any(s => Succeeds(s.Value, id, session) && s.Value.LastMoment > session.LastMoment);

    private static bool Succeeds(Known next, Guid id, Known session) =>
        next.Previous == id || (next.Device is not null && next.Device == session.Device && next.OpenedAt > session.OpenedAt);

    private string Tell() => string.Join('\n', Story.TakeLast(40));

    private sealed class Known(Guid? previous, string? device, int openedAt)
    {
        public Guid? Previous => previous;

        public string? Device => device;

        public int OpenedAt => openedAt;

        public int LastMoment { get; set; } = -1;

        public DateTimeOffset? LastAt { get; set; }

        public bool IsOver { get; set; }
    }
}
