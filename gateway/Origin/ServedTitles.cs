namespace Gateway.Origin;

/// <summary>
/// Titles of which a cluster has recently served something: only their failures count for a destination's circuit. Names that clients invent never get in here, whatever the origin's
/// response. The set is bounded: when there are too many, the older half is dropped. Thread-safe.
/// </summary>
internal sealed class ServedTitles
{
    private const int MostPerHalf = 1024;

    private readonly Lock _gate = new();
    private HashSet<string> _newer = new(StringComparer.Ordinal);
    private HashSet<string> _older = new(StringComparer.Ordinal);

    public void Add(string title)
    {
        lock (_gate)
        {
            if (!_newer.Add(title) || _newer.Count < MostPerHalf) return;
            (_newer, _older) = (_older, _newer);
            _newer.Clear();
        }
    }

    public bool Contains(string title)
    {
        lock (_gate) return _newer.Contains(title) || _older.Contains(title);
    }
}
