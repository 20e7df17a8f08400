namespace Gateway.Responses.History;

/// <summary>
/// What happened to one session, for whoever asks why its picture stood: its last requests, and apart from them, so that no flood of requests takes their place, its stalls, switches, beginning and end.
/// </summary>
/// <remarks>
/// Thread-safe; the lock covers copying a value into an array. Once the arrays have grown, nothing is allocated. Bounded by session here, and for all together by the
/// <see cref="HistoryBudget"/>: where that is spent, histories stay as long as they are.
/// </remarks>
internal sealed class SessionHistory(HistoryBudget budget)
{
    /// <summary>Eight minutes of video and audio in segments of four seconds.</summary>
    public const int MostRequests = 256;

    public const int MostMarks = 64;

    private const int FirstRequests = 8;

    /// <summary>Its beginning, and one thing more: most sessions have no third for a long time.</summary>
    private const int FirstMarks = 2;

    private readonly Lock _lock = new();
    private EntryRing _requests;
    private EntryRing _marks;
    private bool _isOver;

    /// <summary>The parts of the start-up, as the player tells; null before it does.</summary>
    public StartParts? Start { get; set; }

    public void Add(in HistoryEntry entry)
    {
        lock (_lock)
        {
            if (_isOver) return;
            if (entry.IsRequest) _requests.Add(entry, FirstRequests, MostRequests, budget);
            else _marks.Add(entry, FirstMarks, MostMarks, budget);
        }
    }

    /// <summary>All that is held, by the moment at which it began.</summary>
    /// <param name="dropped">Number of older entries that are not held any more.</param>
    public HistoryEntry[] Read(out long dropped)
    {
        var all = new List<HistoryEntry>(MostRequests + MostMarks);
        lock (_lock)
        {
            _requests.CopyTo(all);
            _marks.CopyTo(all);
            dropped = _requests.Dropped + _marks.Dropped;
        }

        all.Sort(static (a, b) => a.BeganAt.CompareTo(b.BeganAt));
        return [.. all];
    }

    /// <summary>The session is over: nothing more is added.</summary>
    /// <remarks>So whoever forgets it to make room for one that plays, under that one's lock, waits for nobody who makes room.</remarks>
    public void Close()
    {
        lock (_lock) _isOver = true;
    }

    /// <summary>Nothing more is kept, and what was is forgotten.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _isOver = true;
            _requests.Forget(budget);
            _marks.Forget(budget);
        }
    }
}
