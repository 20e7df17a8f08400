using System.Diagnostics.Metrics;
using Gateway.Media;
using Gateway.Rollout;
using Gateway.Segments;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions;

/// <summary>
/// Number of sessions on this node by engine and protocol, kept up to date as they come and go: a scrape that walked 100,000 of them would take longer than all the rest of it.
/// </summary>
/// <remarks>
/// Each session remembers under which gauge it is counted, and moves by compare-and-swap, so gauges never drift: the mover subtracts one exactly where one was
/// added. What a session is counted under may be stale for a moment (its protocol is known after its first manifest, another node may take it over); every request of
/// it and every sweep look again. A session that has left is never counted again, however late somebody looks.
/// </remarks>
internal sealed class SessionGauges
{
    /// <summary>Not counted: new, or counted by another node.</summary>
    public const int Nowhere = -1;

    private const int Left = -2;

    private static readonly StreamingProtocol[] Protocols = Enum.GetValues<StreamingProtocol>();

    /// <summary>Every combination under which a session can be counted, all protocols of the first engine first.</summary>
    private static readonly KeyValuePair<string, object?>[][] Tags =
    [
        .. from engine in Enum.GetValues<PlaybackEngine>()
           from protocol in Protocols
           select new[]
           {
               KeyValuePair.Create("engine", (object?)SessionMetrics.Label(engine)),
               KeyValuePair.Create("protocol", (object?)SegmentMetrics.Label(protocol)),
           },
    ];

    private readonly long[] _counts = Zeros();

    /// <summary>Counts the session as what it is now.</summary>
    public void Look(SessionState session)
    {
        var now = session.IsOwn ? IndexOf(session) : Nowhere;
        var before = Volatile.Read(ref session.CountedAs);
        while (before != now && before != Left)
        {
            var found = Interlocked.CompareExchange(ref session.CountedAs, now, before);
            if (found == before)
            {
                Move(before, now);
                return;
            }

            before = found;
        }
    }

    /// <summary>The session is over.</summary>
    public void Leave(SessionState session) => Move(Interlocked.Exchange(ref session.CountedAs, Left), Nowhere);

    public Measurement<long>[] Measure() => Measure(_counts);

    /// <summary>All gauges, zeros included, else the last value of a combination would stay for ever.</summary>
    public static Measurement<long>[] Measure(long[] counts)
    {
        var measured = new Measurement<long>[counts.Length];
        for (var i = 0; i < measured.Length; i++) measured[i] = new Measurement<long>(Volatile.Read(ref counts[i]), Tags[i]);
        return measured;
    }

    /// <summary>Counts of nothing.</summary>
    public static long[] Zeros() => new long[Tags.Length];

    /// <summary>Where a session is counted.</summary>
    public static int IndexOf(SessionState session) => ((int)session.Engine * Protocols.Length) + (int)session.Tracker.Protocol;

    private void Move(int from, int to)
    {
        if (from >= 0) Interlocked.Decrement(ref _counts[from]);
        if (to >= 0) Interlocked.Increment(ref _counts[to]);
    }
}
