using Gateway.Origin;

namespace Gateway.Peers;

/// <summary>
/// Another gateway, and what is known of it: by its readiness, which is probed, and by the requests to it. A request that does not reach it, or that somebody else answers, takes it out at once for
/// <see cref="PeersOptions.FailurePause"/>; slowness does so after three times in a row. Thread-safe; readers see either state around a change.
/// </summary>
/// <param name="name">As configured; the order of nodes comes from it.</param>
/// <param name="address">Base URL.</param>
/// <param name="weight">Of its share.</param>
internal sealed class Peer(string name, string address, double weight)
{
    private const int MostLate = 3;

    private volatile PeerHealth _health;
    private long _pausedUntil;
    private int _late;
    private int _silent;

    public string Name => name;

    public string Address => address;

    public double Weight => weight;

    public ulong Hash { get; } = RendezvousHash.NodeOf(name);

    /// <summary>Id of its YARP cluster.</summary>
    public string Cluster { get; } = PeerCluster.IdOf(name);

    public PeerHealth Health
    {
        get => _health;
        set => _health = value;
    }

    /// <summary>Whether requests go to it.</summary>
    /// <param name="now">Of a clock that only moves forward.</param>
    public bool IsReachable(TimeSpan now) => _health != PeerHealth.Gone && now.Ticks >= Volatile.Read(ref _pausedUntil);

    /// <summary>Whether it has a share of the titles.</summary>
    public bool HasShare(TimeSpan now) => _health != PeerHealth.Draining && IsReachable(now);

    /// <summary>A probe was not answered in time; true for the first in a row.</summary>
    public bool IsSilentOnce() => Interlocked.Increment(ref _silent) == 1;

    /// <summary>A probe was answered.</summary>
    public void HasSpoken() => Volatile.Write(ref _silent, 0);

    public void Answered() => Volatile.Write(ref _late, 0);

    /// <summary>A request was answered too late, or not to the end of its head.</summary>
    /// <param name="isCertain">There was no connection, or somebody else answered.</param>
    /// <param name="until">The end of the pause that this may begin.</param>
    /// <returns>True when it is taken out by this.</returns>
    public bool Failed(bool isCertain, TimeSpan until)
    {
        if (Interlocked.Increment(ref _late) < MostLate && !isCertain) return false;
        Volatile.Write(ref _late, 0);
        return Interlocked.Exchange(ref _pausedUntil, until.Ticks) < until.Ticks;
    }
}
