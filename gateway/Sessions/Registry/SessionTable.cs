using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Gateway.Access;

namespace Gateway.Sessions.Registry;

/// <summary>The sessions of this node by id and by viewer key, and which client's share of the table each of them takes.</summary>
/// <remarks>
/// <para>Two indexes without a lock around both, so that the data plane never waits here. What holds whatever happens at once:</para>
/// <para>An id has one session. Of two that enter under one id (two requests with a ticket that this node does not know) the first stays; the other one gives its share back
/// and is seen by nobody.</para>
/// <para>A session is taken out once. <see cref="TryRemove"/> compares the session, not the id: who looked at one that has meanwhile ended, and come back under the same id, takes
/// out nothing. Who took it out, and nobody else, sees to its end.</para>
/// <para>A share is taken before a session enters and given back once, whoever does it and how often: see <see cref="SessionState.TryLeaveTable"/>. So the table may hold fewer
/// sessions than shares are taken, never more.</para>
/// <para>A viewer key may outlive its session until the next sweep. That does no harm, since <see cref="IsAlive"/> asks the index of ids as well; and the sweep removes a key only while
/// it leads to the ended session, not to the next one of the same viewer.</para>
/// </remarks>
internal sealed class SessionTable(SessionsOptions options)
{
    private readonly ConcurrentDictionary<Guid, SessionState> _byId = new();
    private readonly ConcurrentDictionary<ViewerKey, SessionState> _byKey = new();
    private readonly SessionShares _shares = new(options);

    public int Count => _byId.Count;

    /// <summary>Enumerated without a copy: copying the whole table would block every open and end of a session.</summary>
    public IEnumerable<SessionState> All => _byId.Select(known => known.Value);

    /// <summary>Whether a session is here, was heard of lately enough, and its ticket is not over.</summary>
    public bool IsAlive(SessionState session, DateTimeOffset now) =>
        now - session.LastActivity < options.IdleTimeout && now < session.Paths.Ticket.HardExpiry && _byId.ContainsKey(session.Id);

    /// <summary>The session of an id, alive or not yet swept.</summary>
    public bool TryGet(Guid id, [NotNullWhen(true)] out SessionState? session) => _byId.TryGetValue(id, out session);

    /// <summary>The last session of a viewer key, which may be over: see <see cref="IsAlive"/>.</summary>
    public bool TryFind(ViewerKey key, [NotNullWhen(true)] out SessionState? session) => _byKey.TryGetValue(key, out session);

    /// <summary>Takes a share of the table, if there is one for this client.</summary>
    public bool TryTakeShare(ClientOrigin client) => _shares.TryTake(client);

    /// <summary>Takes a share for a session of the store, whose number is bounded by the tables of the nodes that opened them.</summary>
    public void TakeShare() => _shares.Take(default);

    /// <summary>Gives back what was taken for a session; only the first time it is called for it.</summary>
    public void GiveBackShare(SessionState session)
    {
        if (session.TryLeaveTable()) _shares.GiveBack(session.Client);
    }

    /// <summary>Enters a session that was opened here, in the place of anything under its id.</summary>
    public void Add(SessionState session) => _byId[session.Id] = session;

    /// <summary>Enters a session of a ticket that this node does not know, whose share is taken.</summary>
    /// <returns>The one that stands under its id: itself, or the one of a request that was quicker.</returns>
    public SessionState Enter(SessionState session)
    {
        var known = _byId.GetOrAdd(session.Id, session);
        if (!ReferenceEquals(known, session)) GiveBackShare(session);
        return known;
    }

    /// <summary>From now on a viewer key leads to this session.</summary>
    public void Recognise(ViewerKey key, SessionState session) => _byKey[key] = session;

    /// <summary>Takes a session out.</summary>
    /// <returns>True for one caller only, who sees to its end.</returns>
    public bool TryRemove(SessionState session) => _byId.TryRemove(KeyValuePair.Create(session.Id, session));

    /// <summary>Removes the viewer keys of ended sessions.</summary>
    public void ExpireKeys(DateTimeOffset now)
    {
        foreach (var known in _byKey)
        {
            if (!IsAlive(known.Value, now)) _byKey.TryRemove(known);
        }
    }
}
