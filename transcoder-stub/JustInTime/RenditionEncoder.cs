using System.Globalization;

namespace TranscoderStub.JustInTime;

/// <summary>
/// Makes the segments of one rendition, each once, for however many ask. Any thread may ask.
/// <list type="number">
/// <item>A segment on disk is answered from there.</item>
/// <item>One that a running encoder makes, or will reach soon, is waited for; all askers of it join.</item>
/// <item>Otherwise a new encoder starts at it. It goes on for a few segments, rests, goes on when somebody asks, and ends when it meets what is made
/// already, when it rests too long, or when another encoder needs its place.</item>
/// <item>When the last one who waits for an encoder leaves, the encoder is killed in the middle of its segment.</item>
/// <item>A segment exists when it is complete: an encoder that dies leaves nothing, and tells all who wait for it.</item>
/// </list>
/// </summary>
internal sealed class RenditionEncoder : IAsyncDisposable
{
    private readonly TitlePlan _plan;
    private readonly EncoderServices _services;
    private readonly string _folder;
    private readonly int _ahead, _joinAhead;

    // Longest time for which an encoder stands still within one segment because others wait: someone's stuck source must not stop everybody's lead.
    private static readonly TimeSpan s_longestGivingWay = TimeSpan.FromSeconds(2);

    // Protects the runs, what is in them, and whether this has ended. The store's lock may be taken under it.
    private readonly Lock _lock = new();
    private readonly Dictionary<EncoderRun, Task> _runs = [];
    private bool _ended;

    public RenditionEncoder(TitlePlan plan, Rendition rendition, string folder, EncoderServices services)
    {
        _plan = plan;
        Rendition = rendition;
        _services = services;
        _folder = folder;
        var seconds = rendition.Timeline.SecondsOf(0);
        _ahead = Math.Max(1, (int)(services.Encoding.Ahead.TotalSeconds / seconds));
        _joinAhead = (int)(services.Encoding.JoinAhead.TotalSeconds / seconds);
    }

    public Rendition Rendition { get; }

    /// <param name="segment">From 0, below the number of segments.</param>
    /// <param name="gone">The asker hangs up.</param>
    /// <exception cref="TranscodeException">It cannot be made, or not now.</exception>
    public async Task<MadeSegment> GetAsync(int segment, CancellationToken gone)
    {
        while (true)
        {
            if (await _services.Store.FindAsync(KeyOf(segment), gone) is { } kept)
            {
                lock (_lock) Follow_NeedsLock(segment);
                return kept;
            }

            EncoderRun run;
            Task<MadeSegment> made;
            lock (_lock)
            {
                if (_ended) throw new TranscodeException(410, "TRANSCODER_ENDED", "This transcode has ended.");

                // Looked at again: it may have been finished since.
                if (_services.Store.Contains(KeyOf(segment))) continue;
                run = _runs.Keys.FirstOrDefault(r => segment >= r.Next && segment - r.Next <= _joinAhead) ?? Start_NeedsLock(segment, ahead: false);
                made = run.Join(segment);
            }

            _services.Demand.Begin();
            try
            {
                return await made.WaitAsync(gone);
            }
            catch (OperationCanceledException) when (gone.IsCancellationRequested)
            {
                lock (_lock)
                {
                    if (run.Leave(segment)) run.Stop();
                }

                throw;
            }
            finally
            {
                _services.Demand.End();
            }
        }
    }

    /// <summary>Begins with a segment that somebody is expected to ask for soon, if a place is free.</summary>
    public void Prepare(int segment)
    {
        lock (_lock)
        {
            if (_ended || _services.Store.Contains(KeyOf(segment)) || _runs.Keys.Any(r => segment >= r.Next && segment - r.Next <= _joinAhead)) return;
            Start_NeedsLock(segment, ahead: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] all;
        lock (_lock)
        {
            _ended = true;
            foreach (var run in _runs.Keys) run.Stop();
            all = [.. _runs.Values];
        }

        await Task.WhenAll(all);
    }

    private EncoderRun Start_NeedsLock(int segment, bool ahead)
    {
        var run = new EncoderRun(segment, ahead);
        _runs[run] = Task.CompletedTask;
        _runs[run] = Task.Run(() => RunAsync(run));
        return run;
    }

    // A viewer who is served from disk moves on all the same, and the encoder ahead of it with it.
    private void Follow_NeedsLock(int segment)
    {
        foreach (var run in _runs.Keys)
        {
            if (segment < run.Next && segment > run.Demanded) run.Demand(segment);
        }
    }

    private async Task RunAsync(EncoderRun run)
    {
        TranscodeException? failure = null;
        try
        {
            await EncodeAsync(run);
        }
        catch (OperationCanceledException)
        {
            _services.Work.EncoderCancelled();
            failure = new TranscodeException(503, "TRANSCODER_CANCELLED", "The encoder was ended.", TimeSpan.FromSeconds(1));
        }
        catch (TranscodeException e)
        {
            if (e.Status == 503) _services.Work.AskerRefused();
            else _services.Work.EncoderFailed();
            failure = e;
        }
        catch (Exception e)
        {
            EncoderLog.Broke(_services.Log, e);
            _services.Work.EncoderFailed();
            failure = TranscodeException.EncoderFailed("The encoder broke.", transient: true);
        }

        List<TaskCompletionSource<MadeSegment>> left;
        lock (_lock)
        {
            _runs.Remove(run);
            left = run.TakeAllAskers();
        }

        foreach (var asker in left) asker.TrySetException(failure ?? TranscodeException.EncoderFailed("The encoder ended early.", transient: true));
        if (failure is { Status: not 503 }) EncoderLog.Failed(_services.Log, failure.Code, failure.Message);
        await run.DisposeAsync();
    }

    private async Task EncodeAsync(EncoderRun run)
    {
        bool Leave() => TryStop(run);

        // Work ahead takes a place only if one is free; unless somebody has joined it since, it is not worth a wait.
        using var free = run.Ahead ? _services.Slots.TryEnter(Leave) : null;
        if (run.Ahead && free is null)
        {
            lock (_lock)
            {
                if (!run.HasAskers && !End_NeedsLock(run)) return;
            }
        }

        using var slot = free is null ? await _services.Slots.EnterAsync(Leave, run.Stopping) : null;
        _services.Work.EncoderStarted();
        await using var producer = SegmentProducer.Start(_plan, Rendition, run.First, _services);
        for (var segment = run.First; segment < Rendition.Timeline.Segments && await MayGoOnAsync(run, segment); segment++)
        {
            var bytes = await NextInTimeAsync(run, producer);
            var made = MadeSegment.Of(bytes);
            _services.Work.SegmentMade();
            var kept = await _services.Store.KeepAsync(KeyOf(segment), bytes, made.Hash);
            TaskCompletionSource<MadeSegment>? askers;
            lock (_lock)
            {
                run.Next = segment + 1;
                run.OnlyOnDemand = !kept;
                askers = run.TakeAskers(segment);
            }

            askers?.TrySetResult(made);
        }
    }

    private async Task<byte[]> NextInTimeAsync(EncoderRun run, SegmentProducer producer)
    {
        var stopping = run.Stopping;
        using var deadline = new CancellationTokenSource(_services.Encoding.SegmentTimeout, _services.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            var until = _services.Time.GetUtcNow() + s_longestGivingWay;
            return await producer.NextAsync(() => _services.Demand.IsWaiting ? GiveWayAsync(run, until) : ValueTask.CompletedTask, end.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw TranscodeException.EncoderFailed("The encoder took too long for a segment and was killed.", transient: true);
        }
    }

    // Between packets: an encoder that nobody waits for lets the others have the processors.
    private async ValueTask GiveWayAsync(EncoderRun run, DateTimeOffset until)
    {
        while (_services.Demand.IsWaiting && until - _services.Time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            Task demand;
            lock (_lock)
            {
                if (run.HasAskers) break;
                demand = run.Rest();
            }

            // Those who wait may wait for this one's place; stopping it ends the wait below.
            if (_services.Slots.Queued > 0) TryStop(run);
            Task change = Task.WhenAny(demand, _services.Demand.CalmAsync());
            await change.WaitAsync(left, _services.Time, run.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            run.Stopping.ThrowIfCancellationRequested();
        }

        lock (_lock) run.GoOn();
    }

    /// <summary>Waits while the encoder is far enough ahead; false when it shall end.</summary>
    private async Task<bool> MayGoOnAsync(EncoderRun run, int segment)
    {
        while (true)
        {
            Task demand;
            lock (_lock)
            {
                if (run.HasAskers) return Work_NeedsLock(run);
                var known = _services.Store.Contains(KeyOf(segment)) || _runs.Keys.Any(other => other != run && other.Next == segment);
                if (known || _ended) return End_NeedsLock(run);
                if (!run.OnlyOnDemand && segment <= run.Demanded + _ahead) return Work_NeedsLock(run);
                demand = run.Rest();
            }

            if (_services.Slots.Queued > 0 && TryStop(run)) return false;
            try
            {
                await demand.WaitAsync(_services.Encoding.IdleTimeout, _services.Time, run.Stopping);
            }
            catch (TimeoutException)
            {
                lock (_lock)
                {
                    if (run.Rests && !run.HasAskers) return End_NeedsLock(run);
                }
            }
        }
    }

    private static bool Work_NeedsLock(EncoderRun run)
    {
        run.GoOn();
        return true;
    }

    // From here on nobody joins it.
    private bool End_NeedsLock(EncoderRun run)
    {
        _runs.Remove(run);
        return false;
    }

    private bool TryStop(EncoderRun run)
    {
        lock (_lock)
        {
            if (!run.Rests || run.HasAskers || !_runs.Remove(run)) return false;
            run.Stop();
            return true;
        }
    }

    private string KeyOf(int segment) => string.Create(CultureInfo.InvariantCulture, $"{_folder}/{segment:D6}");
}
