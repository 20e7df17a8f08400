using Gateway.Sessions.Registry;
using Gateway.Sessions.Store;

namespace Gateway.Sessions.Limits;

/// <summary>
/// Admits media for users with a stream limit: each delivery needs one of the user's places. On one node that is a look into <see cref="UserStreams"/>. Where nodes share a
/// store, a session without a lease here asks the store once, and not again while it goes on; an unreachable store is not waited for, and this node keeps the limit
/// among the sessions that it knows.
/// </summary>
internal sealed class StreamGate(SessionRegistry sessions, SessionStore? shared)
{
    private readonly UserStreams _streams = sessions.Streams;

    /// <summary>Whether media would be delivered now, as far as this node knows; for manifests, which are no media themselves.</summary>
    public bool MayDeliver(SessionState session)
    {
        _streams.Extend(session);
        return shared is not null || _streams.MayDeliver(session);
    }

    /// <summary>The session showed activity.</summary>
    public void Extend(SessionState session)
    {
        if (session.Parameters.MaxStreams > 0) _streams.Extend(session);
    }

    /// <summary>Begins a delivery; null when it may not be, with the reason.</summary>
    public async ValueTask<(StreamVerdict Verdict, StreamDelivery? Delivery)> BeginAsync(SessionState session, CancellationToken leaving)
    {
        if (shared is not null && !_streams.IsHeld(session))
        {
            var verdict = await shared.TakePlaceAsync(session, _streams, leaving);
            if (verdict is StreamVerdict.TooMany or StreamVerdict.Ended) return (verdict, null);
        }

        var begun = _streams.TryBegin(session, leaving, out var delivery);
        return (begun, delivery);
    }

    public void End(StreamDelivery delivery) => _streams.End(delivery);
}
