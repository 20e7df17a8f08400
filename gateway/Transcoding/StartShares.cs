using Gateway.Media;

namespace Gateway.Transcoding;

/// <summary>
/// Whose the starts under way are. Until half of them are taken any client may have as many as there are; from then on a household keeps to its share, and a network to that of a
/// few households, so that no client can take all of them with titles that are slow to start.
/// </summary>
/// <remarks>Not thread-safe: <see cref="Transcodes"/> uses it under its gate. What is taken is given back when the start is over, whoever waits for it by then.</remarks>
internal sealed class StartShares(TranscoderOptions options)
{
    private readonly Dictionary<UInt128, int> _households = [];
    private readonly Dictionary<UInt128, int> _networks = [];
    private int _total;

    /// <summary>Takes a place, if there is one for this client.</summary>
    public bool TryTake(StartConditions? client)
    {
        if (_total >= options.MaxStarts) return false;
        if (client is null || client.Household == 0)
        {
            _total++;
            return true;
        }

        var (ofHousehold, ofNetwork) = (_households.GetValueOrDefault(client.Household), _networks.GetValueOrDefault(client.Network));
        if (_total >= (options.MaxStarts + 1) / 2 && (ofHousehold >= options.HouseholdStarts || ofNetwork >= options.NetworkStarts)) return false;
        _total++;
        _households[client.Household] = ofHousehold + 1;
        _networks[client.Network] = ofNetwork + 1;
        return true;
    }

    public void GiveBack(StartConditions? client)
    {
        _total--;
        if (client is null || client.Household == 0) return;
        Leave(_households, client.Household);
        Leave(_networks, client.Network);
    }

    private static void Leave(Dictionary<UInt128, int> counts, UInt128 prefix)
    {
        if (counts.TryGetValue(prefix, out var count) && count > 1) counts[prefix] = count - 1;
        else counts.Remove(prefix);
    }
}
