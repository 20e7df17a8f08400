using Gateway.Access;

namespace Gateway.Sessions.Registry;

/// <summary>
/// How much of the session table is taken, and by whom. Until the table is half full everybody may open as many sessions as there is room for; from then on a household
/// and a network keep to their shares, so that nobody can fill it alone and there is always room for others.
/// </summary>
/// <remarks>
/// Thread-safe; looking and taking are one step. The lock protects the figures and is taken when a session is opened or ends, never for media. What is taken is given
/// back exactly once: see <see cref="SessionState.TryLeaveTable"/>.
/// </remarks>
internal sealed class SessionShares(SessionsOptions options)
{
    /// <summary>A network is taken for so many households: an IPv4 /24 has up to 254, but a few of them together must leave room for others.</summary>
    private const int HousesPerNetwork = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, int> _houses = [];
    private readonly Dictionary<UInt128, int> _networks = [];
    private int _total;

    public int Total
    {
        get
        {
            lock (_gate) return _total;
        }
    }

    /// <summary>The rule itself.</summary>
    /// <param name="total">Places that are taken.</param>
    /// <param name="ofHouse">Those that the client's household has taken.</param>
    /// <param name="ofNetwork">Those that its network has taken.</param>
    /// <param name="options">For the table's size and the share.</param>
    public static bool Allows(int total, int ofHouse, int ofNetwork, SessionsOptions options)
    {
        if (total >= options.MaxSessions) return false;
        if (total < options.MaxSessions / 2) return true;
        var share = Math.Max(1, (long)(options.MaxSessions * options.ClientShare));
        return ofHouse < share && ofNetwork < Math.Min(share * HousesPerNetwork, Math.Max(1, options.MaxSessions / 2));
    }

    /// <summary>Takes a place, if there is one for this client.</summary>
    public bool TryTake(ClientOrigin client)
    {
        lock (_gate)
        {
            var (ofHouse, ofNetwork) = client.IsNone ? default : (_houses.GetValueOrDefault(client.House), _networks.GetValueOrDefault(client.Network));
            if (!Allows(_total, ofHouse, ofNetwork, options)) return false;
            TakeUnderGate(client);
            return true;
        }
    }

    /// <summary>Counts what is here in any case, as another node opened it.</summary>
    public void Take(ClientOrigin client)
    {
        lock (_gate) TakeUnderGate(client);
    }

    public void GiveBack(ClientOrigin client)
    {
        lock (_gate)
        {
            _total--;
            if (client.IsNone) return;
            Leave(_houses, client.House);
            Leave(_networks, client.Network);
        }
    }

    private static void Leave(Dictionary<UInt128, int> counts, UInt128 prefix)
    {
        if (counts.TryGetValue(prefix, out var count) && count > 1) counts[prefix] = count - 1;
        else counts.Remove(prefix);
    }

    private void TakeUnderGate(ClientOrigin client)
    {
        _total++;
        if (client.IsNone) return;
        _houses[client.House] = _houses.GetValueOrDefault(client.House) + 1;
        _networks[client.Network] = _networks.GetValueOrDefault(client.Network) + 1;
    }
}
