using System.Runtime.InteropServices;

namespace Gateway.Origin;

/// <summary>
/// The recent exchanges with one destination as evidence of its health, counted by title before by exchange: a broken title fails as often as it is requested, and that tells nothing about the
/// others. Not thread-safe.
/// <para>
/// The circuit opens when at least <see cref="OriginOptions.BreakerMinimumExchanges"/> were seen, a share of <see cref="OriginOptions.BreakerFailureRatio"/> of them
/// failed, and either so many had no connection, for whatever title, or at least <see cref="OriginOptions.BreakerMinimumTitles"/> titles failed and no other was served well: one
/// that is served proves that the destination works, and requests for a broken title must not take it from its viewers. Only titles that the cluster has served before
/// (<see cref="ServedTitles"/>) count, or a client that invents names could open the circuit of an origin that answers them with 503.
/// </para>
/// Counts are kept in two halves of <see cref="OriginOptions.BreakerWindow"/>, of which the older one is dropped when the newer one is full.
/// </summary>
internal sealed class CircuitEvidence(OriginOptions options, TimeProvider time, ServedTitles known)
{
    /// <summary>Bound of the titles counted, far more than a decision takes; names come from clients.</summary>
    private const int MostTitles = 256;

    /// <summary>Stands for the titles beyond <see cref="MostTitles"/>.</summary>
    private const string Others = "";

    private Dictionary<string, Tally> _newer = new(StringComparer.Ordinal);
    private Dictionary<string, Tally> _older = new(StringComparer.Ordinal);
    private long _since = time.GetTimestamp();

    public void Add(string title, ExchangeEvidence evidence)
    {
        if (evidence == ExchangeEvidence.None) return;
        ref var tally = ref TallyOf(title);
        if (evidence is ExchangeEvidence.Alive or ExchangeEvidence.Served) tally.Served++;
        else if (evidence == ExchangeEvidence.NoConnection) tally.Unconnected++;
        else tally.Failed++;
    }

    /// <summary>True once for each title within a window.</summary>
    public bool TryReport(string title)
    {
        ref var tally = ref TallyOf(title);
        if (tally.Reported || (_older.TryGetValue(title, out var before) && before.Reported)) return false;
        return tally.Reported = true;
    }

    /// <summary>Whether the circuit is to open; then <paramref name="failing"/> are the titles that speak for it, none where there is no connection.</summary>
    public bool OpensCircuit(out List<string> failing)
    {
        failing = [];
        var all = All();
        long served = 0, failed = 0, unconnected = 0;
        foreach (var tally in all.Values)
        {
            served += tally.Served;
            failed += tally.Failed;
            unconnected += tally.Unconnected;
        }

        var total = served + failed + unconnected;
        if (total < options.BreakerMinimumExchanges) return false;
        if (unconnected >= total * options.BreakerFailureRatio) return true;
        if (failed + unconnected < total * options.BreakerFailureRatio) return false;
        failing = FailingTitles(all);
        return failing.Count >= options.BreakerMinimumTitles;
    }

    /// <summary>Whether nothing of a title is served, however often it is requested: a retry only multiplies the failures.</summary>
    public bool IsHopeless(string title)
    {
        var sum = TallyOf(title);
        if (_older.TryGetValue(title, out var before)) sum.Add(before);
        return sum.Served == 0 && sum.Failed >= options.BreakerMinimumExchanges;
    }

    public void Clear()
    {
        _newer.Clear();
        _older.Clear();
    }

    /// <summary>Titles that fail; none when another is served well. A folder within a title's folder is the same title.</summary>
    private List<string> FailingTitles(SortedDictionary<string, Tally> all)
    {
        var failing = new List<string>();
        string? title = null;
        var isKnown = false;
        Tally sum = default;
        foreach (var (folder, tally) in all)
        {
            if (title is [.., '/'] && folder.StartsWith(title, StringComparison.Ordinal))
            {
                sum.Add(tally);
                isKnown |= known.Contains(folder);
                continue;
            }

            if (sum.IsServed) return [];
            if (sum.IsFailing && isKnown) failing.Add(title!);
            (title, sum, isKnown) = (folder, tally, known.Contains(folder));
        }

        if (sum.IsServed) return [];
        if (sum.IsFailing && isKnown) failing.Add(title!);
        return failing;
    }

    private SortedDictionary<string, Tally> All()
    {
        var all = new SortedDictionary<string, Tally>(_newer, StringComparer.Ordinal);
        foreach (var (title, tally) in _older)
        {
            all.TryGetValue(title, out var sum);
            sum.Add(tally);
            all[title] = sum;
        }

        return all;
    }

    private ref Tally TallyOf(string title)
    {
        if (time.GetElapsedTime(_since) is var passed && passed >= options.BreakerWindow / 2)
        {
            (_newer, _older) = (_older, _newer);
            _newer.Clear();
            if (passed >= options.BreakerWindow) _older.Clear();
            _since = time.GetTimestamp();
        }

        if (_newer.Count >= MostTitles && !_newer.ContainsKey(title)) title = Others;
        return ref CollectionsMarshal.GetValueRefOrAddDefault(_newer, title, out _);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Tally
    {
        public int Served;
        public int Failed;
        public int Unconnected;
        public bool Reported;

        public readonly bool IsServed => Served > Failed + Unconnected;

        public readonly bool IsFailing => Failed > 0 && !IsServed;

        public void Add(Tally other)
        {
            Served += other.Served;
            Failed += other.Failed;
            Unconnected += other.Unconnected;
        }
    }
}
