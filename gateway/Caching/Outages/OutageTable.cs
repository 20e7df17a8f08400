using Gateway.Caching.Store;

namespace Gateway.Caching.Outages;

/// <summary>
/// The outages there are, with the requests that wait for them: who may wait, whose turn it is, and who is taken from a list.
/// </summary>
/// <param name="most">Most requests that wait at once.</param>
/// <param name="start">Starts the clock of an outage. Called under the gate.</param>
/// <remarks>
/// Thread-safe. The gate protects all outages and their lists; nothing is asked or set under it. Four things may end a wait at the same moment (its turn, life, its time, its client): the one that takes it from the list does.
/// </remarks>
internal sealed class OutageTable(int most, Func<TitleOutage, ITimer> start)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<OutageKey, TitleOutage> _titles = [];
    private int _count;
    private int _held;

    /// <summary>Requests that wait.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Titles of which some wait. With none a look costs one read.</summary>
    public int Count => Volatile.Read(ref _count);

    public bool IsCertain(OutageKey key)
    {
        lock (_gate) return _titles.TryGetValue(key, out var outage) && outage.IsCertain;
    }

    public TitleOutage? Find(OutageKey key)
    {
        lock (_gate) return _titles.GetValueOrDefault(key);
    }

    /// <summary>Lets a request wait; null when there is no place.</summary>
    /// <param name="key">What it waits for.</param>
    /// <param name="witness">An object that upstream gave of that, for an outage that begins.</param>
    /// <param name="tried">The outage for which it has just tried in vain; null for none.</param>
    /// <param name="isFirst">The outage begins with it.</param>
    public HeldRequest? Enter(OutageKey key, CacheKey? witness, TitleOutage? tried, out bool isFirst)
    {
        isFirst = false;
        lock (_gate)
        {
            HeldRequest? held = null;
            if (_held < most)
            {
                held = new HeldRequest(this, FindOrAddUnderGate(key, witness, out isFirst));
                held.Outage.Add(held);
                _held++;
            }

            // Not before: the outage would be over for a moment.
            if (tried is not null) TriedUnderGate(tried);
            return held;
        }
    }

    /// <summary>Takes a request from its list; false when it waits no longer.</summary>
    public bool TryTake(HeldRequest held)
    {
        lock (_gate)
        {
            if (!held.Outage.TryTake(held)) return false;
            _held--;
            ForgetUnderGate(held.Outage);
            return true;
        }
    }

    /// <summary>Takes the request whose turn it is; null when there is none.</summary>
    public HeldRequest? LetTry(TitleOutage outage)
    {
        lock (_gate)
        {
            var next = outage.LetTry();
            if (next is not null) _held--;
            return next;
        }
    }

    /// <summary>A try has ended, and its request waits no longer.</summary>
    public void Tried(TitleOutage outage)
    {
        lock (_gate) TriedUnderGate(outage);
    }

    public bool TryAskWitness(TitleOutage outage, bool isFirst)
    {
        lock (_gate) return outage.TryAskWitness(isFirst);
    }

    public void WitnessAnswered(TitleOutage outage, UpstreamSign sign)
    {
        lock (_gate) outage.WitnessAnswered(sign);
    }

    /// <summary>Whether the operator is to be told that a title is away, or is back.</summary>
    public bool TryTell(TitleOutage outage, bool isAway)
    {
        lock (_gate)
        {
            if (outage.IsTold == isAway) return false;
            outage.IsTold = isAway;
            return true;
        }
    }

    /// <summary>Ends an outage and takes all who wait; null when it is over.</summary>
    public HeldRequest[]? End(TitleOutage outage)
    {
        lock (_gate)
        {
            if (_titles.GetValueOrDefault(outage.Key) != outage) return null;
            EndUnderGate(outage);
            var waiting = outage.TakeAll();
            _held -= waiting.Length;
            return waiting;
        }
    }

    /// <summary>Stops all clocks.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            foreach (var outage in _titles.Values) outage.Timer?.Dispose();
        }
    }

    private TitleOutage FindOrAddUnderGate(OutageKey key, CacheKey? witness, out bool isFirst)
    {
        isFirst = !_titles.TryGetValue(key, out var outage);
        if (outage is not null) return outage;
        outage = _titles[key] = new TitleOutage(key) { Witness = witness };
        outage.Timer = start(outage);
        _count = _titles.Count;
        return outage;
    }

    private void TriedUnderGate(TitleOutage outage)
    {
        outage.Tried();
        ForgetUnderGate(outage);
    }

    /// <summary>An outage for which nobody waits is none: whoever asks next finds out anew.</summary>
    private void ForgetUnderGate(TitleOutage outage)
    {
        if (outage.IsOver) EndUnderGate(outage);
    }

    private void EndUnderGate(TitleOutage outage)
    {
        outage.Timer?.Dispose();
        if (_titles.GetValueOrDefault(outage.Key) == outage) _titles.Remove(outage.Key);
        _count = _titles.Count;
    }
}
