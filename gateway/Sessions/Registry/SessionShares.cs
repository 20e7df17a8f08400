using Gateway.Access;

namespace Gateway.Sessions.Registry;

/// <summary>
/// How much of the session table is taken, and by whom. Until the table is half full any client may open as many sessions as fit; from then on a household
/// and a network keep to their shares, so that no client can fill the table alone.
/// </summary>
/// <remarks>
/// Thread-safe; looking and taking are one step. The lock protects the figures and is taken when a session is opened or ends, never for media. What is taken is given
/// back exactly once: see <see cref="SessionState.TryLeaveTable"/>.
/// </remarks>
internal sealed class SessionShares(SessionsOptions options)
{
    /// <summary>A network is taken for so many households: an IPv4 /24 has up to 254, but a few of them together must leave space for others.</summary>
    private const int HouseholdsPerNetwork = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, int> _households = [];
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
    /// <param name="ofHousehold">Those that the client's household has taken.</param>
    /// <param name="ofNetwork">Those that its network has taken.</param>
    /// <param name="options">For the table's size and the share.</param>
    public static bool Allows(int total, int ofHousehold, int ofNetwork, SessionsOptions options)
    {
        if (total >= options.MaxSessions) return false;
        if (total < options.MaxSessions / 2) return true;
        var share = Math.Max(1, (long)(options.MaxSessions * options.ClientShare));
        return ofHousehold < share && ofNetwork < Math.Min(share * HouseholdsPerNetwork, Math.Max(1, options.MaxSessions / 2));
    }

    /// <summary>Takes a place, if there is one for this client.</summary>
    public bool TryTake(ClientOrigin client)
    {
        lock (_gate)
        {
            var (ofHousehold, ofNetwork) = client.IsNone ? default : (_households.GetValueOrDefault(client.Household), _networks.GetValueOrDefault(client.Network));
            if (!Allows(_total, ofHousehold, ofNetwork, options)) return false;
            TakeUnderGate(client);
            return true;
        }
    }

    /// <summary>Counts a session that another node opened, which this node has to take in.</summary>
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
            Leave(_households, client.Household);
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
        _households[client.Household] = _households.GetValueOrDefault(client.Household) + 1;
        _networks[client.Network] = _networks.GetValueOrDefault(client.Network) + 1;
    }
}
