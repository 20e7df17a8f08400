using Gateway.Media;

namespace Gateway.Peers;

/// <summary>
/// Which node has which title, by this node's own view of who is there; nobody is asked, so two nodes may disagree for the moment until both have seen a change. That costs a second request at the
/// origin and nothing else: a node that is asked for a title that it does not take for its own gives only what it holds, so no two ever wait for each other.
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

    /// <summary>The peer that has the title of an address; null when it is this node.</summary>
    public Peer? OwnerOf(MediaAddress address)
    {
        var now = Now;
        Note(now);
        var title = RendezvousHash.TitleOf(address, _options.TitleFolders);
        var best = _self.IsLeaving() ? double.NegativeInfinity : RendezvousHash.Score(title, _hash, _weight);
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
    public Peer? FormerOwnerOf(MediaAddress address)
    {
        var now = Now;
        if (now.Ticks >= Volatile.Read(ref _settledAt)) return null;
        var title = RendezvousHash.TitleOf(address, _options.TitleFolders);
        var best = double.NegativeInfinity;
        Peer? former = null;
        foreach (var peer in _peers)
        {
            if (!peer.IsReachable(now)) continue;
            var score = RendezvousHash.Score(title, peer.Hash, peer.Weight);
            if (score <= best) continue;
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
