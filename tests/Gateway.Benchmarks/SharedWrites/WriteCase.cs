using Gateway.Benchmarks.Hits;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>What is asked for while writes are counted.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Object">An object's path at the origin by its number.</param>
/// <param name="IsTicketed">Whether it is asked for within the connection's session, and not by <c>/play</c>.</param>
/// <param name="IsNew">Whether each request is for an object that nobody has asked for.</param>
internal sealed record WriteCase(string Name, Func<int, string> Object, bool IsTicketed = true, bool IsNew = false)
{
    /// <summary>Objects of a case that are asked for again and again.</summary>
    public const int Objects = 20;

    public static readonly WriteCase[] All =
    [
        new("2 KB by /play", n => HitOrigin.NameOf(HitOrigin.Small, n), IsTicketed: false),
        new("2 KB of a session, in its playlist", n => FormattableString.Invariant($"film/s{n}.ts")),
        new("100 KB of a session", n => HitOrigin.NameOf(HitOrigin.Middle, n)),
        new("live playlist of a session", n => HitOrigin.NameOf(HitOrigin.Live, n)),
        new("miss of 100 KB of a session", n => HitOrigin.NameOf(HitOrigin.Middle, n), IsNew: true),
    ];
}
