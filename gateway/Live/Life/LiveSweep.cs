using Gateway.Configuration;
using Gateway.Live.Journal;
using Gateway.Live.Sessions;
using Gateway.Live.Timeline;
using Gateway.Live.Work;

namespace Gateway.Live.Life;

/// <summary>
/// What time does to live sessions: each second, gaps and idle ends that are due go into the journals; now and then, sessions that other nodes have left behind are taken on, and what has been kept long
/// enough is deleted. Before the first request it checks the store's rights, and queues what the last run did not finish.
/// </summary>
/// <remarks>One owner, one timer. A session that fails to be swept must not stop the others, nor later sweeps.</remarks>
internal sealed partial class LiveSweep(LiveSessions sessions, ILiveJournal journal, LiveRetention retention, LiveWork work, TimeProvider time, ILogger<LiveSweep> log)
    : BackgroundService
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);
    private const int TurnsBetweenLooks = 10;

    /// <summary>Most records that one session gets in a turn.</summary>
    private const int MostOfATurn = 64;

    /// <summary>The last measuring of what lies in the store. No turn waits for it, since a large bucket is listed for minutes; it does not fail.</summary>
    internal Task Measuring { get; private set; } = Task.CompletedTask;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await retention.CheckAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new WrongConfigurationException([e.Message]);
        }

        try
        {
            await TakeOnAsync(cancellationToken);
        }
        catch (IOException e)
        {
            // The database may come later than the gateway; the sweep tries again.
            LogAway(e);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        try
        {
            for (var turn = 1; await timer.WaitForNextTickAsync(stoppingToken); turn++) await TakeTurnAsync(turn % TurnsBetweenLooks == 0, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; so does the sweep.
        }

        await Measuring;
    }

    internal async Task TakeTurnAsync(bool looksAround, CancellationToken stopping)
    {
        try
        {
            foreach (var session in sessions.Loaded()) await AloneAsync(session.Id, () => WriteDueAsync(session), stopping);
            if (!looksAround) return;
            await TakeOnAsync(stopping);
            await retention.DeleteAsync((id, act) => AloneAsync(id, act, stopping), stopping);
            if (Measuring.IsCompleted) Measuring = MeasureAsync(stopping);
        }
        catch (IOException e)
        {
            LogAway(e);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(e);
        }
    }

    private async Task MeasureAsync(CancellationToken stopping)
    {
        try
        {
            await retention.MeasureAsync(stopping);
        }
        catch (IOException e)
        {
            LogAway(e);
        }
        catch (Exception e)
        {
            if (!stopping.IsCancellationRequested) LogFailed(e);
        }
    }

    private async Task WriteDueAsync(LiveSession session)
    {
        if (session.Look(t => t.DueAt()) is not { } at || at > time.GetUtcNow()) return;
        await session.RefreshAsync();
        // Many runs of missing chunks may be due at once: the other sessions have their turn in between.
        for (var written = 0; written < MostOfATurn && session.Look(t => t.Due(time.GetUtcNow())) is { } due; written++)
        {
            var next = due.Kind == LiveRecordKind.Missed ? due.Index : -1;
            if (!await session.AppendAsync(due, t => next < 0 ? t.EndedAt is null : t.Next == next)) return;
        }
    }

    /// <summary>Every open session is loaded, and what waits in it is queued: after a restart, or when another node is gone. What waits here already is not added again.</summary>
    private async Task TakeOnAsync(CancellationToken stopping)
    {
        foreach (var (id, closedAt) in await journal.ListAsync(stopping))
        {
            if (closedAt is null) await AloneAsync(id, () => TakeOnAsync(id), stopping);
        }
    }

    private async Task TakeOnAsync(string id)
    {
        if (await sessions.FindAsync(id) is not { } session) return;
        await session.RefreshAsync();
        // A crash, or a full disk, may have come between the record that closed it and the note of that.
        await session.EnsureCloseNotedAsync();
        foreach (var index in session.Look(t => t.UnsettledIndices())) work.Add(new WorkItem(id, index), isReserved: false);
    }

    /// <summary>One session whose journal cannot be read or written must not stop what is done for the others.</summary>
    private async Task AloneAsync(string id, Func<Task> act, CancellationToken stopping)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogSessionFailed(e, id);
        }
    }

    // Next free id: 4.
    [LoggerMessage(1, LogLevel.Warning, "The journal or the store of live sessions is away; the next sweep tries again", EventName = nameof(LogAway))]
    private partial void LogAway(Exception exception);

    [LoggerMessage(2, LogLevel.Error, "A sweep of live sessions failed in part; the next one runs as planned", EventName = nameof(LogFailed))]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The journal or the objects of live session '{Session}' cannot be read, written or deleted; the next sweep tries again", EventName = nameof(LogSessionFailed))]
    private partial void LogSessionFailed(Exception exception, string session);
}
