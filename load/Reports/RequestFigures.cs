namespace Gateway.Load.Reports;

/// <summary>Counts and times of one kind of request or one step of a scenario. For one thread at a time.</summary>
internal sealed class RequestFigures(string name)
{
    // Statuses come from the other side; a server that makes them up must not fill the memory.
    private const int MostStatuses = 40;

    public string Name => name;

    public long Count { get; private set; }

    public long Failed { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>From the request to the last byte, in microseconds.</summary>
    public ValueHistogram Total { get; } = new();

    /// <summary>From the request to the first byte, in microseconds; of those that had one.</summary>
    public ValueHistogram FirstByte { get; } = new();

    /// <summary>Values in <see cref="Total"/> that stand for requests which a long wait held back, see <see cref="RecordHeldBack"/>.</summary>
    public long HeldBack { get; private set; }

    /// <summary>How often each status was seen.</summary>
    public SortedDictionary<string, long> Statuses { get; } = new(StringComparer.Ordinal);

    public void Record(TimeSpan total, TimeSpan? firstByte, bool isFailed, string status, long bytes)
    {
        Count++;
        if (isFailed) Failed++;
        Bytes += bytes;
        Total.Record((long)total.TotalMicroseconds);
        if (firstByte is { } first) FirstByte.Record((long)first.TotalMicroseconds);
        var key = Statuses.ContainsKey(status) || Statuses.Count < MostStatuses ? status : "other";
        Statuses[key] = Statuses.GetValueOrDefault(key) + 1;
    }

    /// <summary>
    /// A player that waits for one segment does not ask for the next ones, so a minute in which nothing moves would show as one slow request among thousands of quick
    /// ones. For each segment that would have been asked meanwhile, at the pace of playback, the rest of the wait is recorded: HdrHistogram's correction for coordinated
    /// omission.
    /// </summary>
    /// <param name="total">How long the one took.</param>
    /// <param name="pace">Media in it: the next would have been asked so much later.</param>
    public void RecordHeldBack(TimeSpan total, TimeSpan pace)
    {
        // A pace of nothing would be a loop without end; no segment is shorter than this.
        if (pace < TimeSpan.FromMilliseconds(50)) return;
        for (var rest = total - pace; rest >= pace; rest -= pace)
        {
            Total.Record((long)rest.TotalMicroseconds);
            HeldBack++;
        }
    }

    public void Add(RequestFigures other)
    {
        Count += other.Count;
        Failed += other.Failed;
        Bytes += other.Bytes;
        HeldBack += other.HeldBack;
        Total.Add(other.Total);
        FirstByte.Add(other.FirstByte);
        foreach (var (status, count) in other.Statuses) Statuses[status] = Statuses.GetValueOrDefault(status) + count;
    }
}
