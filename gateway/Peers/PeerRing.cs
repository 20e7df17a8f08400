using Gateway.Media;

namespace Gateway.Peers;

/// <summary>
/// Which node has which title, by this node's own view of who is there; nobody is asked, so two nodes may disagree for the moment until both have seen a change. That costs a second request at the
/// origin and nothing else: a node that is asked for a title that it does not take for its own gives only what it holds, so two that disagree do not wait for each other.
/// <para>
/// A node's own coming and going is known to itself before the others see it. Until they have, it sends its own requests to the next owner, and still fetches for those who ask it as the owner: so the others' view decides, and
/// an object is not fetched by both. Where a view changes while a request of either side is under way the two can wait for each other: for the patience of one request (<see cref="PeerAsk"/>), then the origin is asked.
/// </para>
/// </summary>
/// <remarks>Thread-safe. A look-up takes no lock and allocates nothing; the time of the last change is found by the look-ups themselves, which compare the set of nodes with the last one seen.</remarks>
internal sealed class PeerRing
{
    private readonly Peer[] _peers;
    private readonly PeersOptions _options;
    private readonly PeerIdentity _self;
    private readonly TimeProvider _time;
    private readonly ulong _hash;
    private readonly double _weight;
    private readonly long _began;
    private ulong _lastSeen;
    private long _settledAt;

    public PeerRing(PeersOptions options, PeerIdentity self, TimeProvider time)
    {
        _options = options;
        _self = self;
        _time = time;
        _began = time.GetTimestamp();
        _hash = RendezvousHash.NodeOf(options.Self);
        _weight = PeersOptions.TryRead(options.Nodes[options.Self], out _, out var own) ? own : 1;
        _peers = [.. options.Nodes.Where(n => n.Key != options.Self).OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => PeersOptions.TryRead(n.Value, out var address, out var weight) ? new Peer(n.Key, address, weight) : throw new ArgumentException(n.Key, nameof(options)))];
        _lastSeen = SharesAt(TimeSpan.Zero);
        // A start is a change: others had the titles until now.
        _settledAt = options.SettleTime.Ticks;
    }

    public ReadOnlySpan<Peer> Peers => _peers;

    public TimeSpan Now => _time.GetElapsedTime(_began);

    public Peer? Find(string name) => Array.Find(_peers, p => string.Equals(p.Name, name, StringComparison.Ordinal));

    /// <summary>This node has just started: the others need two looks to see it.</summary>
    public bool IsJoining => Now < _options.ProbeInterval * 2;

    /// <summary>The peer that has the title of an address; null when it is this node.</summary>
    public Peer? OwnerOf(MediaAddress address) => OwnerOf(address, isAway: IsJoining || _self.IsLeaving());

    /// <summary>Whether this node has the title of an address, as others see it who do not know yet that it leaves.</summary>
    public bool HasTitle(MediaAddress address) => OwnerOf(address, isAway: false) is null;

    private Peer? OwnerOf(MediaAddress address, bool isAway)
    {
        var now = Now;
        Note(now);
        var title = RendezvousHash.TitleOf(address, _options.TitleFolders);
        var best = isAway ? double.NegativeInfinity : RendezvousHash.Score(title, _hash, _weight);
        Peer? owner = null;
        foreach (var peer in _peers)
        {
            if (!peer.HasShare(now)) continue;
            var score = RendezvousHash.Score(title, peer.Hash, peer.Weight);
            if (score <= best) continue;
            best = score;
            owner = peer;
        }

        return owner;
    }

    /// <summary>
    /// The peer that probably holds objects of a title of this node, because it had the title before this node did: the next in its order that answers. Null when nothing has changed for
    /// <see cref="PeersOptions.SettleTime"/>, after which an object that is not here is nowhere.
    /// </summary>
    /// <param name="address">Of an object.</param>
    /// <param name="after">One that was asked in vain; the next in order is returned.</param>
    public Peer? FormerOwnerOf(MediaAddress address, Peer? after = null)
    {
        var now = Now;
        if (now.Ticks >= Volatile.Read(ref _settledAt)) return null;
        var title = RendezvousHash.TitleOf(address, _options.TitleFolders);
        var limit = after is null ? double.PositiveInfinity : RendezvousHash.Score(title, after.Hash, after.Weight);
        var best = double.NegativeInfinity;
        Peer? former = null;
        foreach (var peer in _peers)
        {
            if (!peer.IsReachable(now)) continue;
            var score = RendezvousHash.Score(title, peer.Hash, peer.Weight);
            if (score <= best || score >= limit) continue;
            best = score;
            former = peer;
        }

        return former;
    }

    private void Note(TimeSpan now)
    {
        var shares = SharesAt(now);
        if (shares == Volatile.Read(ref _lastSeen)) return;
        Volatile.Write(ref _lastSeen, shares);
        Volatile.Write(ref _settledAt, (now + _options.SettleTime).Ticks);
    }

    /// <summary>One bit for each peer with a share; there are at most 64.</summary>
    private ulong SharesAt(TimeSpan now)
    {
        var shares = 0UL;
        for (var i = 0; i < _peers.Length; i++)
        {
            if (_peers[i].HasShare(now)) shares |= 1UL << i;
        }

        return shares;
    }
}
