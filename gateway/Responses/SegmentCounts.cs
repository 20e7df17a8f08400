namespace Gateway.Responses;

/// <summary>Segments and bytes that one session was served so far, by source. Counted by concurrent requests, read at any time.</summary>
internal sealed class SegmentCounts
{
    private long _origin;
    private long _buffer;
    private long _cache;
    private long _bytes;
    private long _failed;
    private long _fetches;
    private long _faults;
    private int _lastSource = -1;
    private int _underWay;
    private long _lastServed;
    private volatile int _form;

    public long FromOrigin => Interlocked.Read(ref _origin);

    public long FromBuffer => Interlocked.Read(ref _buffer);

    public long FromCache => Interlocked.Read(ref _cache);

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Source of the last segment; null before the first.</summary>
    public ServedFrom? LastSource => Volatile.Read(ref _lastSource) is >= 0 and var source ? (ServedFrom)source : null;

    /// <summary>Responses that are being sent.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>When the last response went out whole; <see cref="DateTimeOffset.MinValue"/> before the first.</summary>
    public DateTimeOffset LastServedAt => new(Interlocked.Read(ref _lastServed), TimeSpan.Zero);

    /// <summary>Whether raw files are played, and not segments that a manifest lists; null while nothing shows it.</summary>
    public bool? PlaysFile => _form switch
    {
        0 => null,
        var form => form > 1,
    };

    /// <summary>A response begins.</summary>
    public void Began() => Interlocked.Increment(ref _underWay);

    /// <summary>A response that began is over, however it ended.</summary>
    public void Left() => Interlocked.Decrement(ref _underWay);

    public void Took(bool isFile) => _form = isFile ? 2 : 1;

    public void Served(ServedFrom source, long bytes, DateTimeOffset at)
    {
        Interlocked.Exchange(ref _lastServed, at.UtcTicks);
        Interlocked.Increment(ref source == ServedFrom.Cache ? ref _cache : ref source == ServedFrom.Buffer ? ref _buffer : ref _origin);
        Interlocked.Add(ref _bytes, bytes);
        Volatile.Write(ref _lastSource, (int)source);
    }

    /// <summary>Requests for manifests and segments that had an ending.</summary>
    public long Fetches => Interlocked.Read(ref _fetches);

    /// <summary>Of these, those that failed by no fault of the client.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public void Fetched(bool isFault)
    {
        Interlocked.Increment(ref _fetches);
        if (isFault) Interlocked.Increment(ref _faults);
    }

    public void NotServed() => Interlocked.Increment(ref _failed);
}
