using System.Runtime.ExceptionServices;
using Gateway.Sessions.Limits;

namespace Gateway.Sessions.Registry;

/// <summary>Ends sessions: for their client or an operator, after an end on another node, when idle, or with their tickets.</summary>
/// <remarks>
/// <para>May be called by any number at once. A session ends once and with one reason: whoever takes it out of the table (<see cref="SessionTable.TryRemove"/>) accounts for it, gives up what is
/// fetched ahead for it, gives back what it holds and tells the listeners; everybody else is told that it was not here.</para>
/// <para>An end with a reason is remembered before its session leaves the table. There is no moment in which a request finds neither of them, and goes on with the session as
/// with one of another node. For an end by silence the order does not matter, since the viewer may come back from it at any time.</para>
/// <para>No lock is held while listeners are told or figures are written. A failure there keeps no other session from its end, and nothing from being given back.</para>
/// </remarks>
internal sealed class SessionTermination(SessionTable table, PastSessions past, SessionGauges gauges, UserStreams streams, SessionTelemetry telemetry, TimeProvider time)
{
    /// <summary>
    /// Told of each session that is over here, once, when its id is out of the table; on the thread that ended it, which holds no lock. Listeners are added (<c>+=</c>) before the first
    /// request; they are quick and do not throw.
    /// </summary>
    public Action<SessionState>? SessionEnded { get; set; }

    /// <summary>Ends a session for good.</summary>
    /// <returns>False when it was not here.</returns>
    public bool End(Guid id, SessionEnding ending)
    {
        if (!table.TryGet(id, out var session)) return false;
        // The end is recorded before the session is removed: a request in between would take it for a session of another node, and go on with it.
        past.Remember(id, session.Paths.Ticket.HardExpiry, ending);
        if (!table.TryRemove(session)) return false;
        Finish(session, ending);
        return true;
    }

    /// <summary>A session that was ended elsewhere: its URLs end here as well.</summary>
    public void EndedElsewhere(Guid id, DateTimeOffset hardExpiry, SessionEnding ending)
    {
        if (ending == SessionEnding.Idle && table.TryGet(id, out var session) && table.IsAlive(session, time.GetUtcNow())) return;
        if (!End(id, ending)) past.Remember(id, hardExpiry, ending);
    }

    /// <summary>
    /// Ends every session that was idle for too long, or whose ticket is over; returns how many. A viewer who comes back after a long
    /// pause with a ticket that is still good goes on watching: see <see cref="SessionResumption.Resume"/>.
    /// </summary>
    public int EndIdle()
    {
        var now = time.GetUtcNow();
        var ended = 0;
        ExceptionDispatchInfo? failure = null;
        foreach (var session in table.All)
        {
            if (table.IsAlive(session, now))
            {
                gauges.Look(session);
                continue;
            }

            // A session with a long response under way is not idle.
            if (session.Parameters.MaxStreams > 0 && now < session.Paths.Ticket.HardExpiry && streams.IsDelivering(session))
            {
                session.Touch(now);
                continue;
            }

            if (!table.TryRemove(session)) continue;
            ended++;
            try
            {
                Finish(session, now < session.Paths.Ticket.HardExpiry ? SessionEnding.Idle : SessionEnding.Expired);
            }
            catch (Exception e)
            {
                // One session's failure keeps no other from its end; the caller gets the first exception.
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        table.ExpireKeys(now);
        past.Expire(now);
        failure?.Throw();
        return ended;
    }

    /// <summary>Gives back what a session holds: its user's place, and its client's share of the table. Harmless when it was done before.</summary>
    public void Release(SessionState session)
    {
        if (session.Parameters.MaxStreams > 0) streams.Leave(session);
        table.GiveBackShare(session);
    }

    private void Finish(SessionState session, SessionEnding ending)
    {
        session.Ending = ending;
        gauges.Leave(session);
        Release(session);
        past.Remember(session.Id, session.Paths.Ticket.HardExpiry, ending);
        try
        {
            if (session.Playhead.Stop()) telemetry.Ended(session, ending);
        }
        finally
        {
            // Its prefetches are given up in any case.
            session.Tracker.End();
        }

        SessionEnded?.Invoke(session);
    }
}
