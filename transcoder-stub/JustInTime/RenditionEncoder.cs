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
    private readonly EncoderRuns _runs;
    private readonly EncoderPacing _pacing;

    public RenditionEncoder(TitlePlan plan, Rendition rendition, string folder, EncoderServices services)
    {
        _plan = plan;
        Rendition = rendition;
        _services = services;
        _folder = folder;
        var seconds = rendition.Timeline.SecondsOf(0);
        _runs = new EncoderRuns(
            segment => services.Store.Contains(KeyOf(segment)), Math.Max(1, (int)(services.Encoding.Ahead.TotalSeconds / seconds)), (int)(services.Encoding.JoinAhead.TotalSeconds / seconds));
        _pacing = new EncoderPacing(_runs, services);
    }

    public Rendition Rendition { get; }

    public bool IsAwaited => _runs.AreAwaited;

    /// <param name="segment">From 0, below the number of segments.</param>
    /// <param name="gone">The asker hangs up.</param>
    /// <exception cref="TranscodeException">It cannot be made, or not now.</exception>
    public async Task<MadeSegment> GetAsync(int segment, CancellationToken gone)
    {
        while (true)
        {
            if (await _services.Store.FindAsync(KeyOf(segment), gone) is { } kept)
            {
                _runs.Follow(segment);
                return kept;
            }

            if (_runs.Join(segment, RunAsync) is not { } joined) continue;
            _services.Demand.Begin();
            try
            {
                return await joined.Made.WaitAsync(gone);
            }
            catch (OperationCanceledException) when (gone.IsCancellationRequested)
            {
                _runs.Leave(joined.Run, segment);
                throw;
            }
            finally
            {
                _services.Demand.End();
            }
        }
    }

    /// <summary>Begins with a segment that somebody is expected to ask for soon, if a place is free.</summary>
    public void Prepare(int segment) => _runs.Prepare(segment, RunAsync);

    public async ValueTask DisposeAsync() => await _runs.StopAsync();

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

        foreach (var asker in _runs.Remove(run)) asker.TrySetException(failure ?? TranscodeException.EncoderFailed("The encoder ended early.", transient: true));
        if (failure is { Status: not 503 }) EncoderLog.Failed(_services.Log, failure.Code, failure.Message);
        await run.DisposeAsync();
    }

    private async Task EncodeAsync(EncoderRun run)
    {
        bool Leave() => _runs.TryStop(run);

        // Work ahead takes a place only if one is free; unless somebody has joined it since, it is not worth a wait.
        using var free = run.Ahead ? _services.Slots.TryEnter(Leave) : null;
        if (run.Ahead && free is null && _runs.TryEndUnasked(run)) return;

        using var slot = free is null ? await _services.Slots.EnterAsync(Leave, run.Stopping) : null;
        _services.Work.EncoderStarted();
        await using var producer = SegmentProducer.Start(_plan, Rendition, run.First, _services);
        for (var segment = run.First; segment < Rendition.Timeline.Segments && await _pacing.MayGoOnAsync(run, segment); segment++)
        {
            await using var spool = _services.Store.NewSpool();
            await FillInTimeAsync(run, producer, spool);
            _services.Work.SegmentMade();
            var (made, isKept) = await _services.Store.KeepAsync(KeyOf(segment), spool);
            _runs.Finish(run, segment, isKept)?.TrySetResult(made);
        }
    }

    private async Task FillInTimeAsync(EncoderRun run, SegmentProducer producer, SegmentSpool spool)
    {
        var stopping = run.Stopping;
        using var deadline = new CancellationTokenSource(_services.Encoding.SegmentTimeout, _services.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            await producer.NextAsync(spool, _pacing.GivingWay(run), end.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw TranscodeException.EncoderFailed("The encoder took too long for a segment and was killed.", transient: true);
        }
    }

    private string KeyOf(int segment) => string.Create(CultureInfo.InvariantCulture, $"{_folder}/{segment:D6}");
}
