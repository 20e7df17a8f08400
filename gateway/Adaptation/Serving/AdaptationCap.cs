namespace Gateway.Adaptation.Serving;

/// <summary>The limit that an operator sets while the gateway runs, for all sessions: a link that is down to half of its width, say. With a shared store it is that of all gateways and stays; without one it is this node's and gone with a restart.</summary>
internal sealed class AdaptationCap
{
    private int _kbps;

    /// <summary>kbit/s; 0 = none. A title's lowest rung stays, however low this is.</summary>
    public int Kbps
    {
        get => Volatile.Read(ref _kbps);
        set => Volatile.Write(ref _kbps, value);
    }
}
