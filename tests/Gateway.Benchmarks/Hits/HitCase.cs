namespace Gateway.Benchmarks.Hits;

/// <summary>What is asked for again and again.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Object">Path at the origin.</param>
/// <param name="IsTicketed">Whether it is asked for within the session of the title, whose playlist lists its segments, and not by <c>/play</c>.</param>
/// <param name="IsNew">Whether each request is for another object that nobody has asked for: a miss.</param>
/// <param name="IsPlayed">Whether the segments of the session's playlist are asked for in their order, again and again, and not one of them: each request moves the position.</param>
internal sealed record HitCase(string Name, string Object, bool IsTicketed = false, bool IsNew = false, bool IsPlayed = false)
{
    public static readonly HitCase[] All =
    [
        new("2 KB", HitOrigin.Small),
        new("2 KB of a session, in no playlist", HitOrigin.Small, IsTicketed: true),
        new("2 KB of a session, in its playlist", HitOrigin.Listed, IsTicketed: true),
        new("2 KB of a session, its playlist in order", HitOrigin.Listed, IsTicketed: true, IsPlayed: true),
        new("100 KB of a session", HitOrigin.Middle, IsTicketed: true),
        new("live playlist, rewritten", HitOrigin.Live),
        new("live playlist of a session", HitOrigin.Live, IsTicketed: true),
        new("10,000 segments, rewritten", HitOrigin.Long),
        new("10,000 segments of a session", HitOrigin.Long, IsTicketed: true),
        new("miss of 100 KB", HitOrigin.Middle, IsTicketed: true, IsNew: true),
    ];

    /// <summary>Requests of one turn: as many as take a fraction of a second.</summary>
    public int Requests => Object == HitOrigin.Long ? 200 : IsNew ? 500 : 12_000;
}
