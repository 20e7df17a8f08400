namespace TranscoderStub.JustInTime;

/// <summary>What just-in-time work has been done since the start: how a test proves that many askers cost one encoding. Any thread may count.</summary>
internal sealed class WorkCounters
{
    private long _started, _made, _kept, _notKept, _rebuilt, _failed, _cancelled, _refused;

    public void EncoderStarted() => Interlocked.Increment(ref _started);

    public void SegmentMade() => Interlocked.Increment(ref _made);

    public void SegmentKept() => Interlocked.Increment(ref _kept);

    public void SegmentNotKept() => Interlocked.Increment(ref _notKept);

    public void CorruptFound() => Interlocked.Increment(ref _rebuilt);

    public void EncoderFailed() => Interlocked.Increment(ref _failed);

    public void EncoderCancelled() => Interlocked.Increment(ref _cancelled);

    public void AskerRefused() => Interlocked.Increment(ref _refused);

    public WorkSnapshot Snapshot(int running, int queued, long storedBytes) => new(
        Interlocked.Read(ref _started), Interlocked.Read(ref _made), Interlocked.Read(ref _kept), Interlocked.Read(ref _notKept), Interlocked.Read(ref _rebuilt),
        Interlocked.Read(ref _failed), Interlocked.Read(ref _cancelled), Interlocked.Read(ref _refused), running, queued, storedBytes);
}
