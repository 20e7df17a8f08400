using System.Diagnostics.Metrics;
using Gateway.Media;
using Gateway.Segments;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions;

/// <summary>
/// How many viewings this node has, by engine and protocol, kept while they come and go: a scrape that walked 100,000 of them would take longer than all the rest of it.
/// </summary>
/// <remarks>
/// Each viewing remembers under which figure it stands, and moves by compare-and-swap, so figures never drift: whoever moves it takes one away exactly where one was
/// added. What a viewing is counted under may be stale for a moment (its protocol is known after its first manifest, another node may take it over); every request of
/// it and every sweep look again. A viewing that has left is never counted again, however late somebody looks.
/// </remarks>
internal sealed class SessionGauges
{
    /// <summary>Not in any figure: new, or counted by another node.</summary>
    public const int Nowhere = -1;

    private const int Left = -2;

    private static readonly StreamingProtocol[] Protocols = Enum.GetValues<StreamingProtocol>();

    /// <summary>Every combination that a viewing can stand under, all protocols of the first engine first.</summary>
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

    private readonly long[] _counts = new long[Tags.Length];

    /// <summary>Counts the viewing as what it is now.</summary>
    public void Look(SessionState session)
    {
        var now = session.IsOwn ? ((int)session.Parameters.Engine * Protocols.Length) + (int)session.Tracker.Protocol : Nowhere;
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

    /// <summary>The viewing is over.</summary>
    public void Leave(SessionState session) => Move(Interlocked.Exchange(ref session.CountedAs, Left), Nowhere);

    /// <summary>All figures: a combination that is empty now is told as such, else its last value would stand for ever.</summary>
    public Measurement<long>[] Measure()
    {
        var measured = new Measurement<long>[_counts.Length];
        for (var i = 0; i < measured.Length; i++) measured[i] = new Measurement<long>(Volatile.Read(ref _counts[i]), Tags[i]);
        return measured;
    }

    private void Move(int from, int to)
    {
        if (from >= 0) Interlocked.Decrement(ref _counts[from]);
        if (to >= 0) Interlocked.Increment(ref _counts[to]);
    }
}
