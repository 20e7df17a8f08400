using System.Runtime.InteropServices;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Limits;

/// <summary>
/// Who holds the places of the users that have a limit, as this node knows it, and what is on its way to them. The rule is <see cref="StreamLimit"/>'s.
/// </summary>
/// <remarks>
/// Thread-safe: the lock protects all places and the lists, looking and taking are one step under it, and nothing else happens there; deliveries are cut after it. A delivery
/// is entered with the decision that lets it begin, so whoever takes a place over finds and cuts all that is on its way by it.
/// Where several nodes share a store, a place is a lease: the store gives it (<see cref="Grant"/>), confirms it now and then (<see cref="Confirm"/>), or says that it is
/// gone (<see cref="Drop(SessionState)"/>). Users without a limit never come here.
/// </remarks>
internal sealed class UserStreams(SessionsOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<SessionState>> _holders = new(StringComparer.Ordinal);

    /// <summary>Whether places are leases of a store.</summary>
    public bool IsShared { get; set; }

    /// <summary>Whether media would be delivered to a session now.</summary>
    public bool MayDeliver(SessionState session)
    {
        lock (_gate) return JudgeUnderGate(session, time.GetUtcNow()) is not (StreamVerdict.TooMany or StreamVerdict.Ended);
    }

    /// <summary>Promises a place to a session that is opened; one that succeeds another has the promise of that one's. Opened ahead of time, it is let in only.</summary>
    public bool TryReserve(SessionState session)
    {
        if (IsShared) return true;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var verdict = JudgeUnderGate(session, now);
            if (verdict == StreamVerdict.Free && !session.Parameters.Prewarmed) HoldUnderGate(session, now + options.StreamTimeout);
            return verdict is not (StreamVerdict.TooMany or StreamVerdict.Ended);
        }
    }

    /// <summary>Begins a delivery, and takes the place for it that it needs; the caller ends it by <see cref="End"/>.</summary>
    public StreamVerdict TryBegin(SessionState session, CancellationToken leaving, out StreamDelivery? delivery)
    {
        var begun = new StreamDelivery(session, leaving);
        List<StreamDelivery>? cut = null;
        StreamVerdict verdict;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            verdict = JudgeUnderGate(session, now);
            delivery = verdict is StreamVerdict.TooMany or StreamVerdict.Ended ? null : begun;
            if (delivery is not null)
            {
                if (verdict == StreamVerdict.Succeeds) cut = TakeOverUnderGate(session, now);
                if (verdict != StreamVerdict.Holds) HoldUnderGate(session, now + options.StreamTimeout);
                session.Place.Deliveries.Add(begun);
                ExtendUnderGate(session.Place, now);
            }
        }

        if (delivery is null) begun.Close();
        CutAll(cut);
        return verdict;
    }

    public void End(StreamDelivery delivery)
    {
        delivery.Close();
        lock (_gate)
        {
            var place = delivery.Session.Place;
            if (place.Deliveries.Remove(delivery)) ExtendUnderGate(place, time.GetUtcNow());
        }
    }

    /// <summary>The session showed activity: a place that it holds is held for longer; a lost one does not come back by it.</summary>
    public void Extend(SessionState session)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (session.Place.IsHeld(now)) ExtendUnderGate(session.Place, now);
        }
    }

    public bool IsDelivering(SessionState session)
    {
        lock (_gate) return session.Place.Deliveries.Count > 0;
    }

    /// <summary>The session is over.</summary>
    public void Leave(SessionState session) => Release(session, isOver: true);

    /// <summary>The store says that a session has lost its place.</summary>
    public void Drop(SessionState session) => Release(session, isOver: false);

    /// <inheritdoc cref="Drop(SessionState)"/>
    public void Drop(string user, Guid id)
    {
        List<StreamDelivery>? cut = null;
        lock (_gate)
        {
            if (_holders.TryGetValue(user, out var holders) && holders.Find(holder => holder.Id == id) is { } session) ReleaseUnderGate(session, ref cut);
        }

        CutAll(cut);
    }

    public bool IsHeld(SessionState session)
    {
        lock (_gate) return session.Place.IsHeld(time.GetUtcNow());
    }

    /// <summary>For how long the store is to hold a session's place from now on; null when it holds none here.</summary>
    public TimeSpan? WantedFor(SessionState session)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (!session.Place.IsHeld(now)) return null;
            if (session.Place.Deliveries.Count > 0) return options.StreamTimeout;
            return session.Place.Wanted > now ? session.Place.Wanted - now : TimeSpan.Zero;
        }
    }

    /// <summary>The store has given a session its place.</summary>
    public void Grant(SessionState session, DateTimeOffset until)
    {
        lock (_gate)
        {
            if (session.Place.IsOver) return;
            HoldUnderGate(session, until);
        }
    }

    /// <summary>The store has prolonged a place that is still held.</summary>
    public void Confirm(SessionState session, DateTimeOffset until)
    {
        lock (_gate)
        {
            if (session.Place.Until is { } before && until > before) session.Place.Until = until;
        }
    }

    private static void CutAll(List<StreamDelivery>? deliveries)
    {
        if (deliveries is null) return;
        foreach (var delivery in deliveries) delivery.Cut();
    }

    private void Release(SessionState session, bool isOver)
    {
        List<StreamDelivery>? cut = null;
        lock (_gate)
        {
            session.Place.IsOver |= isOver;
            ReleaseUnderGate(session, ref cut);
        }

        CutAll(cut);
    }

    private StreamVerdict JudgeUnderGate(SessionState session, DateTimeOffset now)
    {
        if (session.Place.IsOver) return StreamVerdict.Ended;
        if (session.Place.IsHeld(now)) return StreamVerdict.Holds;
        if (!_holders.TryGetValue(session.User, out var holders)) return StreamVerdict.Free;
        var claims = new List<StreamLimit.Claim>(holders.Count);
        foreach (var holder in holders)
        {
            if (holder.Place.IsHeld(now)) claims.Add(StreamLimit.Claim.Of(holder));
        }

        return StreamLimit.Judge(StreamLimit.Claim.Of(session), CollectionsMarshal.AsSpan(claims), session.Parameters.MaxStreams);
    }

    private List<StreamDelivery>? TakeOverUnderGate(SessionState session, DateTimeOffset now)
    {
        List<StreamDelivery>? cut = null;
        var next = StreamLimit.Claim.Of(session);
        foreach (var holder in _holders[session.User].ToArray())
        {
            if (holder.Place.IsHeld(now) && StreamLimit.Succeeds(next, StreamLimit.Claim.Of(holder))) ReleaseUnderGate(holder, ref cut);
        }

        return cut;
    }

    private void HoldUnderGate(SessionState session, DateTimeOffset until)
    {
        session.Place.Until = session.Place.Wanted = until;
        if (!_holders.TryGetValue(session.User, out var holders)) _holders[session.User] = holders = [];
        var now = time.GetUtcNow();
        // Those whose time ran out, so that the list is never longer than there are places and sessions that have just lost theirs.
        holders.RemoveAll(holder => holder == session || !holder.Place.IsHeld(now));
        holders.Add(session);
    }

    private void ReleaseUnderGate(SessionState session, ref List<StreamDelivery>? cut)
    {
        var place = session.Place;
        place.Until = null;
        if (place.Deliveries.Count > 0)
        {
            (cut ??= []).AddRange(place.Deliveries);
            place.Deliveries.Clear();
        }

        if (_holders.TryGetValue(session.User, out var holders) && holders.Remove(session) && holders.Count == 0) _holders.Remove(session.User);
    }

    private void ExtendUnderGate(StreamPlace place, DateTimeOffset now)
    {
        if (place.Until is null) return;
        place.Wanted = now + options.StreamTimeout;
        if (!IsShared) place.Until = place.Wanted;
    }
}
