namespace Gateway.Connections;

/// <summary>
/// The memory that clients' connections hold: blocks lent out by their pools, all endpoints together. What is short elsewhere is told here by
/// <see cref="Missing"/>, so that readers who hold much for long can be asked for it.
/// </summary>
internal sealed class ConnectionMemory(long limit)
{
    private const double High = 0.80;
    private const double Critical = 0.95;

    private long _lent;
    private long _missing;

    /// <summary>Bytes that connections may hold together.</summary>
    public long Limit => limit;

    /// <summary>Bytes of the blocks that connections hold.</summary>
    public long Lent => Interlocked.Read(ref _lent);

    public double Share => (double)Lent / limit;

    /// <summary>Bytes that connections have to give back: at the critical mark so many that they are below the high one again, below it none.</summary>
    public long Excess => Lent >= Critical * limit ? Lent - (long)(High * limit) : 0;

    /// <summary>Bytes that the process lacks although everything was evicted that may be; 0 while memory is not critical. Written by who evicts.</summary>
    public long Missing
    {
        get => Volatile.Read(ref _missing);
        set => Volatile.Write(ref _missing, value);
    }

    public void Lend(int bytes) => Interlocked.Add(ref _lent, bytes);

    public void TakeBack(int bytes) => Interlocked.Add(ref _lent, -bytes);
}
