using System.Collections.Concurrent;

namespace Gateway.Sessions.Registry;

/// <summary>
/// Ids of ended sessions, at most until their tickets' hard expiry, so that their URLs get 410 and are not taken for those of another node's session.
/// Thread-safe. Bounded twice: expired ids go with each sweep, and beyond the limit of sessions the oldest go. Sessions that were revoked
/// are counted separately: however many sessions a client opens and ends, it brings no revoked one back.
/// </summary>
internal sealed class PastSessions(SessionsOptions options)
{
    private readonly ConcurrentDictionary<Guid, (DateTimeOffset Until, SessionEnding Why)> _past = new();

    /// <summary>Every id that is remembered stands here at least once, or with the revoked.</summary>
    private readonly ConcurrentQueue<Guid> _inOrder = new();

    /// <summary>Those that were revoked, for whatever they had ended before.</summary>
    private readonly ConcurrentQueue<Guid> _revoked = new();

    /// <summary>Places taken, those of ids that are forgotten included.</summary>
    internal int Held => _inOrder.Count + _revoked.Count;

    public bool Contains(Guid id) => _past.ContainsKey(id);

    /// <summary>Why a session ended; null for one that is not known to have.</summary>
    public SessionEnding? WhyOf(Guid id) => _past.TryGetValue(id, out var past) ? past.Why : null;

    /// <summary>The first reason stays, unless it was idleness: an idle session may be resumed, one that was ended for another reason may not.</summary>
    public void Remember(Guid id, DateTimeOffset until, SessionEnding why)
    {
        if (!_past.TryAdd(id, (until, why)))
        {
            if (why == SessionEnding.Idle || !_past.TryGetValue(id, out var known) || known.Why != SessionEnding.Idle) return;
            if (!_past.TryUpdate(id, (until, why), known) || why != SessionEnding.Revoked) return;
        }

        var order = why == SessionEnding.Revoked ? _revoked : _inOrder;
        order.Enqueue(id);
        while (order.Count > options.MaxSessions && order.TryDequeue(out var oldest)) Drop(oldest, ofRevoked: why == SessionEnding.Revoked);
    }

    public void Forget(Guid id) => _past.TryRemove(id, out _);

    /// <summary>Forgets what no ticket can ask for any more.</summary>
    public void Expire(DateTimeOffset now)
    {
        foreach (var past in _past)
        {
            if (past.Value.Until <= now) _past.TryRemove(past);
        }

        // Tickets live equally long, so what has expired stands at the front.
        foreach (var order in new[] { _inOrder, _revoked })
        {
            while (order.TryPeek(out var oldest) && !_past.ContainsKey(oldest)) order.TryDequeue(out _);
        }
    }

    /// <summary>What was revoked after it had ended stands in both orders, and goes with the second.</summary>
    private void Drop(Guid id, bool ofRevoked)
    {
        if (_past.TryGetValue(id, out var past) && (ofRevoked || past.Why != SessionEnding.Revoked)) _past.TryRemove(KeyValuePair.Create(id, past));
    }
}
