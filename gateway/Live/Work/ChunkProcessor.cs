using Gateway.Live.Journal;
using Gateway.Live.Keys;
using Gateway.Live.Sessions;
using Gateway.Live.Timeline;

namespace Gateway.Live.Work;

/// <summary>
/// Takes chunks from the queue and has them made. A chunk that the transcoder refuses, or fails to make once too often, is marked as failed, and the stream goes on without it. One that the transcoder
/// cannot be reached for waits, for a longer time: a restart of it costs nothing.
/// </summary>
/// <remarks>One dispatcher; the queue bounds how many calls are under way. When the host stops, calls end and their chunks stay unsettled in the journal: whoever starts next finds them.</remarks>
internal sealed partial class ChunkProcessor(
    FairQueue queue, LiveSessions sessions, ILiveJournal journal, ChunkTranscoder transcoder, LiveTelemetry telemetry, LiveOptions options, TimeProvider time, ILogger<ChunkProcessor> log)
    : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _news = new(0, 1);

    /// <summary>The queue may have something to take.</summary>
    public void Wake()
    {
        try
        {
            if (_news.CurrentCount == 0) _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has just done so.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                while (queue.TryTake(out var item)) _ = RunAsync(item.Value, stoppingToken);
                await _news.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task RunAsync(WorkItem item, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            await MakeAsync(item, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Unsettled; the next start goes on with it.
        }
        catch (Exception e)
        {
            // The journal is away, or there is a bug: the sweep adds the chunk again.
            LogBroken(e, item.Session, item.Index);
        }
        finally
        {
            queue.Done(item);
            Wake();
        }
    }

    private async Task MakeAsync(WorkItem item, CancellationToken stopping)
    {
        if (await sessions.FindAsync(item.Session) is not { } session) return;
        var began = time.GetTimestamp();
        var failures = 0;
        for (var tries = 1; ; tries++)
        {
            await session.RefreshAsync();
            if (!session.Look(t => t.IsUnsettled(item.Index)) || !await journal.TryClaimAsync(item.Session, item.Index, options.CallTimeout + LongestWait + LongestWait, stopping)) return;
            telemetry.Started(item);
            var (outcome, retryAfter) = await transcoder.MakeAsync(new StreamChunkPayload(item.Session, item.Index) { Mode = session.Header.Mode }, stopping);
            await session.RefreshAsync();
            // The segment's own arrival has settled the chunk.
            if (!session.Look(t => t.IsUnsettled(item.Index)))
            {
                telemetry.Made(item, time.GetElapsedTime(began));
                return;
            }

            telemetry.CallFailed(outcome);
            var isAway = outcome is CallOutcome.Busy or CallOutcome.Unreachable;
            if (!isAway) failures++;
            if (outcome == CallOutcome.Refused || failures > options.Retries || (isAway && time.GetElapsedTime(began) > options.TranscoderPatience))
            {
                var reason = outcome == CallOutcome.Refused ? "refused" : isAway ? "transcoder_away" : "retries_exhausted";
                await session.AppendAsync(new LiveRecord(LiveRecordKind.Failed, time.GetUtcNow(), item.Index) { Reason = reason }, t => t.IsUnsettled(item.Index));
                telemetry.Failed(item, reason, time.GetElapsedTime(began));
                return;
            }

            var wait = retryAfter ?? options.RetryDelay * (isAway ? tries : failures);
            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, stopping);
        }
    }

    // Next free id: 2.
    [LoggerMessage(1, LogLevel.Error, "Making chunk {Index} of live session '{Session}' broke off; it is tried again", EventName = nameof(LogBroken))]
    private partial void LogBroken(Exception exception, string session, int index);
}
