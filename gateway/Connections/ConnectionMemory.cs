using Gateway.Hosting;

namespace Gateway.Connections;

/// <summary>
/// The memory that clients' connections hold: blocks rented from their pools, all endpoints together. <see cref="Missing"/> carries a shortage elsewhere in the process,
/// so that slow clients who hold much can be cut for it.
/// </summary>
internal sealed class ConnectionMemory(long limit)
{
    private const double High = 0.80;
    private const double Critical = 0.95;

    private readonly StripedCounts _lent = new(1);
    private long _missing;
    private long _waiting;

    /// <summary>Bytes that connections may hold together.</summary>
    public long Limit => limit;

    /// <summary>Bytes of the blocks that connections hold.</summary>
    public long Lent => _lent[0];

    public double Share => (double)Lent / limit;

    /// <summary>Bytes that connections have to give back: at the critical mark enough to fall below the high one, below the critical mark none. Of others' memory that responses hold (<see cref="OfOthers"/>) as much as those say.</summary>
    public long Excess => Math.Max(Lent >= Critical * limit ? Lent - (long)(High * limit) : 0, OfOthers?.Invoke() ?? 0);

    /// <summary>Tells how many bytes, in somebody else's books, slow clients have to give back. Set once, before the first review.</summary>
    public Func<long>? OfOthers { get; set; }

    /// <summary>Bytes that the process lacks although everything evictable was evicted; 0 while memory is not critical. Written by the cache's trimmer.</summary>
    public long Missing
    {
        get => Volatile.Read(ref _missing);
        set => Volatile.Write(ref _missing, value);
    }

    /// <summary>
    /// Bytes that clients were sent and have not taken, as of the last review: in blocks of connections, in lent blocks of the cache, and in the kernel.
    /// </summary>
    public long Waiting
    {
        get => Volatile.Read(ref _waiting);
        set => Volatile.Write(ref _waiting, value);
    }

    public void Lend(int bytes) => _lent.Add(0, bytes);

    public void TakeBack(int bytes) => _lent.Add(0, -bytes);
}
