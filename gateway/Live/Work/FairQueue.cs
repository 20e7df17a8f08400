using System.Diagnostics.CodeAnalysis;

namespace Gateway.Live.Work;

/// <summary>
/// The chunks that wait for the transcoder, and which may go next: the sessions take turns, each with its lowest index, no session has more than its share in the making, and all together no more than
/// theirs. Room is reserved before a chunk is stored, so what is accepted is never turned away. Thread-safe.
/// </summary>
/// <param name="waitingPerSession">Most chunks of a session that wait, or are being stored.</param>
/// <param name="waitingInAll">Most in all.</param>
/// <param name="makingPerSession">Most chunks of a session in the making.</param>
/// <param name="makingInAll">Most in all.</param>
internal sealed class FairQueue(int waitingPerSession, int waitingInAll, int makingPerSession, int makingInAll)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Queue<Lane> _turns = new();
    private int _waiting;
    private int _making;

    /// <summary>Chunks that wait, or have room reserved.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _waiting;
        }
    }

    /// <summary>Chunks in the making.</summary>
    public int Making
    {
        get
        {
            lock (_lock) return _making;
        }
    }

    /// <summary>Whether there is room for a chunk now; nothing is reserved.</summary>
    public ReservationResult RoomFor(string session)
    {
        lock (_lock)
        {
            if (_waiting >= waitingInAll) return ReservationResult.Full;
            return _lanes.TryGetValue(session, out var lane) && lane.Reserved + lane.Waiting.Count >= waitingPerSession ? ReservationResult.SessionFull : ReservationResult.Reserved;
        }
    }

    /// <summary>Reserves room for a chunk; what is reserved is given back by <see cref="Release"/> or used by <see cref="Add"/>.</summary>
    public ReservationResult TryReserve(string session)
    {
        lock (_lock)
        {
            if (_waiting >= waitingInAll) return ReservationResult.Full;
            var lane = LaneOf(session);
            if (lane.Reserved + lane.Waiting.Count >= waitingPerSession) return ReservationResult.SessionFull;
            lane.Reserved++;
            _waiting++;
            return ReservationResult.Reserved;
        }
    }

    public void Release(string session)
    {
        lock (_lock)
        {
            var lane = LaneOf(session);
            lane.Reserved--;
            _waiting--;
            Tidy(lane);
        }
    }

    /// <summary>Adds a chunk; one that waits or is in the making already is not added again.</summary>
    /// <param name="item">The chunk.</param>
    /// <param name="isReserved">Whether it has room; what a restart finds unfinished is added without.</param>
    public void Add(WorkItem item, bool isReserved)
    {
        lock (_lock)
        {
            var lane = LaneOf(item.Session);
            if (isReserved)
            {
                lane.Reserved--;
                _waiting--;
            }

            if (lane.Making.Contains(item.Index) || !lane.Waiting.Add(item.Index)) return;
            _waiting++;
            if (lane.HasTurn) return;
            lane.HasTurn = true;
            _turns.Enqueue(lane);
        }
    }

    /// <summary>Takes the next chunk that may be made now.</summary>
    public bool TryTake([NotNullWhen(true)] out WorkItem? item)
    {
        item = null;
        lock (_lock)
        {
            if (_making >= makingInAll) return false;
            for (var turns = _turns.Count; turns > 0; turns--)
            {
                var lane = _turns.Dequeue();
                lane.HasTurn = false;
                if (lane.Waiting.Count == 0) continue;
                if (lane.Making.Count < makingPerSession)
                {
                    var index = lane.Waiting.Min;
                    lane.Waiting.Remove(index);
                    lane.Making.Add(index);
                    _waiting--;
                    _making++;
                    item = new WorkItem(lane.Session, index);
                }

                if (lane.Waiting.Count > 0)
                {
                    lane.HasTurn = true;
                    _turns.Enqueue(lane);
                }

                if (item is not null) return true;
            }

            return false;
        }
    }

    /// <summary>A chunk is not in the making any more, however that ended.</summary>
    public void Done(WorkItem item)
    {
        lock (_lock)
        {
            if (!_lanes.TryGetValue(item.Session, out var lane) || !lane.Making.Remove(item.Index)) return;
            _making--;
            Tidy(lane);
        }
    }

    private Lane LaneOf(string session)
    {
        if (!_lanes.TryGetValue(session, out var lane)) _lanes.Add(session, lane = new Lane(session));
        return lane;
    }

    private void Tidy(Lane lane)
    {
        if (lane.Reserved == 0 && lane.Waiting.Count == 0 && lane.Making.Count == 0) _lanes.Remove(lane.Session);
    }

    private sealed class Lane(string session)
    {
        public string Session => session;

        public SortedSet<int> Waiting { get; } = [];

        public HashSet<int> Making { get; } = [];

        public int Reserved { get; set; }

        public bool HasTurn { get; set; }
    }
}
