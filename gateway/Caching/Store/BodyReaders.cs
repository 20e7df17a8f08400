namespace Gateway.Caching.Store;

/// <summary>The readers of a growing body, in an intrusive list. All of it is used under the body's gate.</summary>
internal sealed class BodyReaders
{
    private BodyReader? _first;

    public int Count { get; private set; }

    public void Attach(BodyReader reader)
    {
        reader.IsAttached = true;
        reader.Next = _first;
        if (_first is not null) _first.Previous = reader;
        _first = reader;
        Count++;
    }

    public void Detach(BodyReader reader)
    {
        reader.IsAttached = false;
        if (reader.Previous is null) _first = reader.Next;
        else reader.Previous.Next = reader.Next;
        if (reader.Next is not null) reader.Next.Previous = reader.Previous;
        reader.Next = reader.Previous = null;
        Count--;
    }

    /// <summary>Position of the slowest reader that was not cut; <paramref name="otherwise"/> when there is none.</summary>
    public long Slowest(long otherwise)
    {
        var slowest = long.MaxValue;
        for (var reader = _first; reader is not null; reader = reader.Next)
        {
            if (!reader.IsCut) slowest = Math.Min(slowest, reader.Position);
        }

        return slowest == long.MaxValue ? otherwise : slowest;
    }

    /// <summary>Lowest position at which a reader was cut: it may still be sending from there.</summary>
    public long LowestCut()
    {
        var lowest = long.MaxValue;
        for (var reader = _first; reader is not null; reader = reader.Next)
        {
            if (reader.IsCut) lowest = Math.Min(lowest, reader.Position);
        }

        return lowest;
    }

    /// <summary>Whether a reader waits for bytes.</summary>
    public bool AnyWaits()
    {
        for (var reader = _first; reader is not null; reader = reader.Next)
        {
            if (reader.IsWaiting && !reader.IsCut) return true;
        }

        return false;
    }

    /// <summary>The longest that any reader at this position has held up others.</summary>
    public TimeSpan HeldUpAt(long position)
    {
        var longest = TimeSpan.Zero;
        for (var reader = _first; reader is not null; reader = reader.Next)
        {
            if (!reader.IsCut && reader.Position == position && reader.HeldUp > longest) longest = reader.HeldUp;
        }

        return longest;
    }

    /// <summary>Charges the readers at this position with the time for which they held up others, and cuts those that have used up their time.</summary>
    public int ChargeAt(long position, TimeSpan time, TimeSpan most)
    {
        var cut = 0;
        for (var reader = _first; reader is not null; reader = reader.Next)
        {
            if (reader.IsCut || reader.Position != position) continue;
            reader.HeldUp += time;
            if (reader.HeldUp < most) continue;
            reader.IsCut = true;
            cut++;
        }

        return cut;
    }

    /// <summary>Takes the waiting readers that can be served out of their wait; chained, for <see cref="Wake"/>.</summary>
    public BodyReader? TakeServable(MediaBody body)
    {
        BodyReader? chain = null;
        for (var reader = _first; reader is not null; reader = reader.Next)
        {
            if (!reader.IsWaiting || !body.TryServeUnderGate(reader, out reader.Served, out reader.Broken)) continue;
            reader.IsWaiting = false;
            reader.NextAwake = chain;
            chain = reader;
        }

        return chain;
    }

    /// <summary>Ends the waits of a chain. Called outside the gate: it runs, or queues, the continuations.</summary>
    public static void Wake(BodyReader? chain)
    {
        while (chain is { } reader)
        {
            chain = reader.NextAwake;
            reader.NextAwake = null;
            reader.Wake();
        }
    }
}
