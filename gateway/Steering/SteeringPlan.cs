using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Media;
using Gateway.Peers;

namespace Gateway.Steering;

/// <summary>Where players are sent: the order of the gateways for one viewer, and the documents that tell it. Immutable and thread-safe.</summary>
internal sealed class SteeringPlan
{
    /// <summary>Route of the steering documents.</summary>
    public const string Path = "/api/v1/playback/steering";

    /// <summary>Pathway of variants that name none (RFC 8216bis §4.4.6.6).</summary>
    private const string BasePathway = ".";

    /// <summary>As many gateways as there can be, and the rest of a query that no gateway has written.</summary>
    private const int MostNames = 17;

    /// <summary>Viewers are told apart by this much, so that those of one gateway spread over all others.</summary>
    private const int Groups = 1024;

    private readonly SteeringOptions _options;
    private readonly Pathway[] _pathways;

    public SteeringPlan(SteeringOptions options)
    {
        _options = options;
        _pathways = [.. options.Pathways.OrderBy(static p => p.Key, StringComparer.Ordinal).Select(static p => new Pathway(p.Key, new Uri(p.Value).GetLeftPart(UriPartial.Authority), new Uri(p.Value).Host))];
    }

    public bool IsOn => _options.IsOn;

    /// <summary>Names of the gateways with their public origins; this one first.</summary>
    public IEnumerable<Pathway> OwnFirst => _pathways.OrderBy(p => p.Name != _options.Self);

    /// <summary>URL of a viewer's steering document; null where the player did not come in under this gateway's own name.</summary>
    /// <param name="publicOrigin">As the client used it.</param>
    /// <param name="isDash">Of an MPD.</param>
    /// <param name="session">The viewer's.</param>
    public string? UrlFor(string publicOrigin, bool isDash, Guid session)
    {
        if (!_options.IsOn || Array.Find(_pathways, p => p.Name == _options.Self) is not { } own || !string.Equals(own.Origin, publicOrigin, StringComparison.OrdinalIgnoreCase)) return null;
        return UrlAt(own, isDash, _options.Self, (int)((uint)session.GetHashCode() % Groups));
    }

    /// <summary>The steering document.</summary>
    /// <param name="isDash">For a player of DASH, whose pathways are the BaseURLs of the MPD; one of HLS is told how to make them.</param>
    /// <param name="from">Name of the gateway that gave the multivariant playlist; null or unknown is this one.</param>
    /// <param name="left">Names of gateways that the player was sent away from, with commas between; null for none.</param>
    /// <param name="viewer">Group of the viewer.</param>
    /// <param name="isLeaving">Whether a gateway takes no players, as far as that is known here.</param>
    public string Document(bool isDash, string? from, string? left, int viewer, Func<string, bool> isLeaving)
    {
        var at = Array.Find(_pathways, p => p.Name == from) ?? Array.Find(_pathways, p => p.Name == _options.Self)!;
        var title = RendezvousHash.TitleOf(new MediaAddress("", $"/{(uint)viewer % Groups}", ""), 1);
        // Whoever takes players and is nearest: the gateway where the viewer is, then the others in an order of its own.
        // That another one drains only its peers know. So it says it itself to those whom it sends: else they would be sent back, and to and fro.
        var sentFrom = left?.Split(',', MostNames) ?? [];
        var leaving = _pathways.Where(p => isLeaving(p.Name) || (p.Name != _options.Self && sentFrom.Contains(p.Name))).ToArray();
        var order = _pathways.OrderBy(p => leaving.Contains(p)).ThenBy(p => p != at).ThenByDescending(p => RendezvousHash.Score(title, RendezvousHash.NodeOf(p.Name), 1)).ToArray();
        var document = new JsonObject { ["VERSION"] = 1, ["TTL"] = (int)_options.Ttl.TotalSeconds };
        // Who moves asks there from now on: this gateway is about to go.
        if (order[0].Name != _options.Self) document["RELOAD-URI"] = UrlAt(order[0], isDash, at.Name, viewer) + (leaving.Length > 0 ? $"&left={string.Join(',', leaving.Select(static p => p.Name))}" : "");
        document["PATHWAY-PRIORITY"] = new JsonArray([.. order.Select(p => JsonValue.Create(!isDash && p == at ? BasePathway : p.Name))]);
        if (isDash) return document.ToJsonString();
        document["PATHWAY-CLONES"] = new JsonArray(
        [
            .. order.Where(p => p != at).Select(p => new JsonObject { ["BASE-ID"] = BasePathway, ["ID"] = p.Name, ["URI-REPLACEMENT"] = new JsonObject { ["HOST"] = p.Host } }),
        ]);
        return document.ToJsonString();
    }

    private static string UrlAt(Pathway pathway, bool isDash, string from, int viewer) =>
        string.Create(CultureInfo.InvariantCulture, $"{pathway.Origin}{Path}?format={(isDash ? "dash" : "hls")}&from={from}&viewer={viewer}");

    /// <param name="Name">As configured: PATHWAY-ID, or serviceLocation.</param>
    /// <param name="Origin">Scheme and authority.</param>
    /// <param name="Host">Without a port, which is the same for all.</param>
    internal sealed record Pathway(string Name, string Origin, string Host);
}
