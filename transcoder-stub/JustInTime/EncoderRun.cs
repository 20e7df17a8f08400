namespace TranscoderStub.JustInTime;

/// <summary>
/// The state of one running encoder: where it is, how far it may go, who waits for what. Everything in it is protected by the lock of its
/// <see cref="EncoderRuns"/>, except for <see cref="Stopping"/>.
/// </summary>
internal sealed class EncoderRun(int first, bool ahead) : IAsyncDisposable
{
    private readonly Dictionary<int, (TaskCompletionSource<MadeSegment> Made, int Askers)> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource? _resting;
    private Task _stopped = Task.CompletedTask;

    public int First { get; } = first;

    /// <summary>Whether it was started without anybody waiting.</summary>
    public bool Ahead => ahead;

    /// <summary>The segment in the making.</summary>
    public int Next { get; set; } = first;

    /// <summary>The last segment that somebody asked for; it goes on from there for as long as it may run ahead.</summary>
    public int Demanded { get; private set; } = first;

    /// <summary>Set when the disk keeps nothing: work ahead would be lost.</summary>
    public bool OnlyOnDemand { get; set; }

    public CancellationToken Stopping => _stop.Token;

    public bool HasAskers => _waiting.Count > 0;

    public bool Rests => _resting is not null;

    public Task<MadeSegment> Join(int segment)
    {
        var (made, askers) = _waiting.GetValueOrDefault(segment);
        made ??= new TaskCompletionSource<MadeSegment>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[segment] = (made, askers + 1);
        Demand(segment);
        return made.Task;
    }

    /// <summary>An asker gives up; true if it was the last one of this encoder.</summary>
    public bool Leave(int segment)
    {
        if (!_waiting.TryGetValue(segment, out var waiting)) return false;
        if (waiting.Askers > 1) _waiting[segment] = waiting with { Askers = waiting.Askers - 1 };
        else _waiting.Remove(segment);
        return _waiting.Count == 0;
    }

    /// <summary>Somebody is at this segment: the encoder goes on.</summary>
    public void Demand(int segment)
    {
        if (segment > Demanded) Demanded = segment;
        _resting?.TrySetResult();
        _resting = null;
    }

    /// <summary>It works again, without having been asked.</summary>
    public void GoOn() => _resting = null;

    /// <summary>Ends when somebody asks.</summary>
    public Task Rest() => (_resting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public TaskCompletionSource<MadeSegment>? TakeAskers(int segment) => _waiting.Remove(segment, out var waiting) ? waiting.Made : null;

    public List<TaskCompletionSource<MadeSegment>> TakeAllAskers()
    {
        var all = _waiting.Values.Select(w => w.Made).ToList();
        _waiting.Clear();
        return all;
    }

    /// <summary>Whether it has been told to end: whoever joined it now would share its end.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>What is cancelled runs elsewhere, not under the caller's lock. Only for a run that is still among its rendition's.</summary>
    public void Stop()
    {
        if (IsStopped) return;
        IsStopped = true;
        _stopped = _stop.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped;
        _stop.Dispose();
    }
}
