using System.Diagnostics.CodeAnalysis;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Api;

/// <summary>
/// The sessions that ended on this node in the last <see cref="Kept"/>, for operators: a viewer complains after having left. Bounded by number, and given up oldest first where a session that
/// plays wants the memory for its own history.
/// </summary>
/// <remarks>Thread-safe. The lock covers the lists; histories, which have locks of their own, are forgotten after it is released.</remarks>
internal sealed class EndedSessions(SessionRegistry sessions, SessionSnapshots snapshots, TimeProvider time) : IHostedService
{
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    /// <summary>About a kilobyte each beside the history.</summary>
    private const int Most = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<EndedSession> _inOrder = new();
    private readonly Dictionary<string, EndedSession> _byId = new(StringComparer.Ordinal);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        sessions.SessionEnded += Take;
        sessions.Histories.Reclaim = () => TryDropOldest(DateTimeOffset.MaxValue);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Those that are still kept, the latest first.</summary>
    public EndedSession[] All()
    {
        DropExpired();
        lock (_lock) return [.. _inOrder.Reverse()];
    }

    public bool TryGet(Guid id, [NotNullWhen(true)] out EndedSession? ended)
    {
        DropExpired();
        lock (_lock) return _byId.TryGetValue(id.ToString("N"), out ended);
    }

    internal void Take(SessionState session)
    {
        session.History?.Close();
        var now = time.GetUtcNow();
        var snapshot = snapshots.SnapshotOf(session) with { IsPlaying = false, EndedAt = now, EndReason = session.Ending is { } ending ? SessionTelemetry.Label(ending) : null };
        var ended = new EndedSession(snapshot, session.Client, session.History, now);
        DropExpired();
        lock (_lock)
        {
            _inOrder.Enqueue(ended);
            _byId[snapshot.SessionId] = ended;
        }

        while (Count > Most && TryDropOldest(DateTimeOffset.MaxValue))
        {
            // One more than before, so one round; several where others were faster.
        }
    }

    private int Count
    {
        get
        {
            lock (_lock) return _inOrder.Count;
        }
    }

    private void DropExpired()
    {
        var before = time.GetUtcNow() - Kept;
        while (TryDropOldest(before))
        {
            // Until the oldest is young enough.
        }
    }

    private bool TryDropOldest(DateTimeOffset before)
    {
        EndedSession? oldest;
        lock (_lock)
        {
            if (!_inOrder.TryPeek(out oldest) || oldest.EndedAt > before) return false;
            _inOrder.Dequeue();
            // One that came back may have ended a second time.
            if (_byId.TryGetValue(oldest.Snapshot.SessionId, out var known) && ReferenceEquals(known, oldest)) _byId.Remove(oldest.Snapshot.SessionId);
        }

        oldest.History?.Forget();
        return true;
    }
}
