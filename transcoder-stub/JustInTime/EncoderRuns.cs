namespace TranscoderStub.JustInTime;

/// <summary>
/// The running encoders of one rendition, and who waits for what: every decision that has to be one with the look at the others, under one lock. Any thread may
/// call. Nothing is awaited here; what a run does between two decisions is <see cref="RenditionEncoder"/>'s and <see cref="EncoderPacing"/>'s.
/// </summary>
/// <param name="isMade">Whether a segment is in the store. Called under the lock.</param>
/// <param name="ahead">Segments that an encoder makes behind the last one that was asked for.</param>
/// <param name="joinAhead">Segments that are waited for ahead of a running encoder.</param>
internal sealed class EncoderRuns(Func<int, bool> isMade, int ahead, int joinAhead)
{
    // Protects the runs, what is in them, and whether this has ended. The store's lock may be taken under it.
    private readonly Lock _lock = new();
    private readonly Dictionary<EncoderRun, Task> _runs = [];
    private bool _ended;

    /// <summary>Whether somebody waits for one of them.</summary>
    public bool AreAwaited
    {
        get
        {
            lock (_lock) return _runs.Keys.Any(r => r.HasAskers);
        }
    }

    /// <summary>Joins the encoder that makes a segment or will reach it soon, or starts one.</summary>
    /// <returns>Null if it has been made since the asker looked.</returns>
    /// <exception cref="TranscodeException">This has ended.</exception>
    public (EncoderRun Run, Task<MadeSegment> Made)? Join(int segment, Func<EncoderRun, Task> work)
    {
        lock (_lock)
        {
            if (_ended) throw new TranscodeException(410, "TRANSCODER_ENDED", "This transcode has ended.");
            if (isMade(segment)) return null;
            var run = Near_NeedsLock(segment) ?? Start_NeedsLock(segment, ahead: false, work);
            return (run, run.Join(segment));
        }
    }

    /// <summary>Starts an encoder at a segment that nobody asks for yet, unless there is no need.</summary>
    public void Prepare(int segment, Func<EncoderRun, Task> work)
    {
        lock (_lock)
        {
            if (!_ended && !isMade(segment) && Near_NeedsLock(segment) is null) Start_NeedsLock(segment, ahead: true, work);
        }
    }

    /// <summary>An asker hangs up. The last one stops the encoder, which from then on nobody joins.</summary>
    public void Leave(EncoderRun run, int segment)
    {
        lock (_lock)
        {
            if (run.Leave(segment)) run.Stop();
        }
    }

    /// <summary>A viewer who is served from disk moves on all the same, and the encoder ahead of it with it.</summary>
    public void Follow(int segment)
    {
        lock (_lock)
        {
            foreach (var run in _runs.Keys)
            {
                if (segment < run.Next && segment > run.Demanded) run.Demand(segment);
            }
        }
    }

    /// <summary>Whether a run goes on with a segment; null where it shall wait for <paramref name="demand"/>. After false nobody joins it.</summary>
    public bool? MayGoOn(EncoderRun run, int segment, out Task demand)
    {
        demand = Task.CompletedTask;
        lock (_lock)
        {
            if (!run.HasAskers)
            {
                if (_ended || isMade(segment) || _runs.Keys.Any(other => other != run && !other.IsStopped && other.Next == segment)) return End_NeedsLock(run);
                if (run.OnlyOnDemand || segment > run.Demanded + ahead)
                {
                    demand = run.Rest();
                    return null;
                }
            }

            run.GoOn();
            return true;
        }
    }

    /// <summary>Lets a run stand still for others, if nobody waits for it; it ends with <paramref name="demand"/>.</summary>
    public bool TryRest(EncoderRun run, out Task demand)
    {
        demand = Task.CompletedTask;
        lock (_lock)
        {
            if (run.HasAskers) return false;
            demand = run.Rest();
            return true;
        }
    }

    public void GoOn(EncoderRun run)
    {
        lock (_lock) run.GoOn();
    }

    /// <summary>Ends a run that rests and that nobody waits for; false if it is not so any more.</summary>
    public bool TryEnd(EncoderRun run)
    {
        lock (_lock) return run.Rests && !run.HasAskers && !End_NeedsLock(run);
    }

    /// <summary>Ends a run that nobody has joined; false if somebody has.</summary>
    public bool TryEndUnasked(EncoderRun run)
    {
        lock (_lock) return !run.HasAskers && !End_NeedsLock(run);
    }

    /// <summary>Ends a resting run from outside; true if it does.</summary>
    public bool TryStop(EncoderRun run)
    {
        lock (_lock)
        {
            if (!run.Rests || run.HasAskers || !_runs.Remove(run)) return false;
            run.Stop();
            return true;
        }
    }

    /// <summary>A run has finished a segment.</summary>
    /// <returns>Who waits for it.</returns>
    public TaskCompletionSource<MadeSegment>? Finish(EncoderRun run, int segment, bool isKept)
    {
        lock (_lock)
        {
            run.Next = segment + 1;
            run.OnlyOnDemand = !isKept;
            return run.TakeAskers(segment);
        }
    }

    /// <summary>A run is over.</summary>
    /// <returns>Who still waits.</returns>
    public List<TaskCompletionSource<MadeSegment>> Remove(EncoderRun run)
    {
        lock (_lock)
        {
            _runs.Remove(run);
            return run.TakeAllAskers();
        }
    }

    /// <summary>Stops all, and lets nobody in any more.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _ended = true;
            foreach (var run in _runs.Keys) run.Stop();
            return Task.WhenAll(_runs.Values);
        }
    }

    private EncoderRun? Near_NeedsLock(int segment) => _runs.Keys.FirstOrDefault(r => !r.IsStopped && segment >= r.Next && segment - r.Next <= joinAhead);

    private EncoderRun Start_NeedsLock(int segment, bool ahead, Func<EncoderRun, Task> work)
    {
        var run = new EncoderRun(segment, ahead);
        _runs[run] = Task.CompletedTask;
        _runs[run] = Task.Run(() => work(run));
        return run;
    }

    // From here on nobody joins it.
    private bool End_NeedsLock(EncoderRun run)
    {
        _runs.Remove(run);
        return false;
    }
}
