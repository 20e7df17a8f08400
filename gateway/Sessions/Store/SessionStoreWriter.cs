using Gateway.Hosting;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Store;

/// <summary>
/// Writes this node's session activity into the session store, in batches, and reads which sessions ended elsewhere: both at each <see cref="Turn"/>. One owner, one
/// timer. A failed turn is repeated by the next one; nothing is lost meanwhile, because the sessions themselves hold what is to be written.
/// Stops with the host, after a last turn.
/// </summary>
internal sealed partial class SessionStoreWriter(SessionStore store, SessionRegistry sessions, SessionsOptions options, TimeProvider time, ILogger<SessionStoreWriter> log)
    : PeriodicService
{
    /// <summary>How long an ended session is still served by another node, at most, and how old a confirmed heartbeat may be that a killed node takes along.</summary>
    internal static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    /// <summary>Media requests come every few seconds; writing each one would tell the others nothing new.</summary>
    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromSeconds(5);

    private const int BatchSize = 200;

    private bool _prepared;
    private bool? _isUp;
    private DateTime? _readUntil;
    private DateTimeOffset _lastSweep;
    private long _exchangedAt;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        sessions.Share();
        // Tries once before the first request; an unreachable store must not keep the gateway from serving existing sessions.
        await TakeTurnAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TakeTurnAsync(cancellationToken);
    }

    protected override ILogger Logger => log;

    protected override PeriodicTimer StartClock() => new(Turn, time);

    protected override async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            if (!_prepared)
            {
                await store.PrepareAsync(stopping);
                _prepared = true;
            }

            await ExchangeEndingsAsync(stopping);
            await WriteAsync(stopping);
            await SweepAsync(stopping);
            if (_isUp != true) LogUp();
            _isUp = true;
        }
        catch (Exception e) when (SessionStore.IsAway(e, stopping))
        {
            if (_isUp != false) LogAway(e.Message);
            _isUp = false;
        }
    }

    /// <summary>Ends go first, and again between the batches of a long turn: an ended session must not play on because many others are being written.</summary>
    private async Task ExchangeEndingsAsync(CancellationToken stopping)
    {
        await store.WriteEndingsAsync(stopping);
        await store.ReadLostPlacesAsync(_readUntil, Lost, stopping);
        _readUntil = await store.ReadEndingsAsync(_readUntil, sessions.EndedElsewhere, stopping);
        _exchangedAt = time.GetTimestamp();
    }

    private void Lost(Guid id)
    {
        if (sessions.TryGet(id, out var session)) sessions.Streams.Drop(session);
    }

    private async Task WriteAsync(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var batch = new List<SessionState>(BatchSize);
        foreach (var session in sessions.All)
        {
            // A long response under way counts as activity as well.
            if (session.Parameters.MaxStreams > 0 && sessions.Streams.IsDelivering(session)) session.Touch(now);
            if (!session.WantsWriting(now, AtLeastEvery)) continue;
            batch.Add(session);
            if (batch.Count < BatchSize) continue;
            await WriteBatchAsync(batch, now, stopping);
            batch.Clear();
        }

        if (batch.Count > 0) await WriteBatchAsync(batch, now, stopping);
    }

    private async Task WriteBatchAsync(List<SessionState> batch, DateTimeOffset now, CancellationToken stopping)
    {
        foreach (var session in batch) session.Writing(now);
        try
        {
            var refused = await store.WriteAsync(batch, sessions.Streams, stopping);
            if (refused > 0) LogRefused(refused);
        }
        catch
        {
            foreach (var session in batch) session.MarkUrgent();
            throw;
        }

        if (time.GetElapsedTime(_exchangedAt) >= Turn) await ExchangeEndingsAsync(stopping);
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        if (now - _lastSweep < options.SweepInterval) return;
        await store.SweepAsync(stopping);
        _lastSweep = now;
    }

    // Next free id: 23.
    [LoggerMessage(20, LogLevel.Information, "Session store reachable", EventName = nameof(LogUp))]
    private partial void LogUp();

    [LoggerMessage(21, LogLevel.Warning, "Session store unreachable: {Error}. Existing sessions go on, new ones of users with a stream limit are refused; check the database of 'ConnectionStrings:Sessions'", EventName = nameof(LogAway))]
    private partial void LogAway(string error);

    [LoggerMessage(22, LogLevel.Error, "Session store rejects the rows of '{Count}' sessions as invalid; they play here, but other gateways do not know them", EventName = nameof(LogRefused))]
    private partial void LogRefused(int count);
}
