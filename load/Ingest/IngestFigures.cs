using Gateway.Load.Reports;

namespace Gateway.Load.Ingest;

/// <summary>What a run has measured, times in microseconds. Thread-safe by its own lock.</summary>
internal sealed class IngestFigures
{
    private readonly Lock _lock = new();
    private readonly ValueHistogram _uploads = new(), _listed = new(), _playable = new(), _timers = new();

    public int Sent { get; private set; }

    /// <summary>Answers that told an uploader to come again.</summary>
    public int Repeated { get; private set; }

    /// <summary>Chunks that were not sent, or not listed in time.</summary>
    public int Lost { get; private set; }

    public ValueHistogram Uploads => _uploads;

    /// <summary>From the confirmation to the entry in the playlist.</summary>
    public ValueHistogram Listed => _listed;

    /// <summary>From the confirmation to the last byte of the segment at a viewer.</summary>
    public ValueHistogram Playable => _playable;

    /// <summary>How late the tester itself was.</summary>
    public ValueHistogram Timers => _timers;

    public void Took(TimeSpan upload)
    {
        lock (_lock)
        {
            Sent++;
            _uploads.Record(Microseconds(upload));
        }
    }

    public void CameAgain()
    {
        lock (_lock) Repeated++;
    }

    public void WasLost()
    {
        lock (_lock) Lost++;
    }

    public void Played(TimeSpan listed, TimeSpan playable)
    {
        lock (_lock)
        {
            _listed.Record(Microseconds(listed));
            _playable.Record(Microseconds(playable));
        }
    }

    public void Ticked(TimeSpan late)
    {
        lock (_lock) _timers.Record(Microseconds(late));
    }

    private static long Microseconds(TimeSpan time) => (long)Math.Max(0, time.TotalMicroseconds);
}
