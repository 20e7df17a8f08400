using System.ComponentModel.DataAnnotations;
using Gateway.Origin;

namespace Gateway.Steering;

/// <summary>
/// Knobs of content steering (RFC 8216bis §7, ETSI TS 103 998), section <c>Gateway:Steering</c>; off as long as <see cref="Pathways"/> is empty. For gateways that players reach under a name of its own
/// each, without a balancer that moves requests: a gateway that drains sends its players to the others. A title with steering of its own keeps that.
/// </summary>
internal sealed class SteeringOptions : IValidatableObject
{
    /// <summary>Most gateways that a player is told.</summary>
    private const int MostPathways = 16;

    /// <summary>Name of this gateway in <see cref="Pathways"/>. With peers, the same as <c>Peers:Self</c>.</summary>
    public string Self { get; set; } = "";

    /// <summary>All gateways by name, each with the URL under which players reach it, as <c>https://edge-1.example.com</c>. All have the same scheme and port. A player is steered only where it came in under this gateway's own.</summary>
    public Dictionary<string, string> Pathways { get; set; } = new(StringComparer.Ordinal);

    /// <summary>How often players ask where to go. A drain takes this long, and a segment: <c>Sessions:DrainTime</c> has to be longer than both together.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Ttl { get; set; } = TimeSpan.FromSeconds(10);

    public bool IsOn => Pathways.Count > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn) yield break;
        if (!Pathways.ContainsKey(Self)) yield return new ValidationResult($"Self ('{Self}') is not among Pathways ({string.Join(", ", Pathways.Keys.Order(StringComparer.Ordinal))}).");
        if (Pathways.Count is < 2 or > MostPathways) yield return new ValidationResult($"Pathways has {Pathways.Count} entries. Allowed: 2 to {MostPathways}.");
        foreach (var (name, url) in Pathways)
        {
            if (name.Length > 64 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || name.Length == 0) yield return new ValidationResult($"Pathways:{name}: a name has letters, digits, dashes and underscores.");
            if (!ClusterCheck.TryReadAddress(url, out var read) || read.AbsolutePath != "/" || read.UserInfo.Length > 0) yield return new ValidationResult($"Pathways:{name}: '{url}' is no address of a gateway, for example https://edge-1.example.com.");
        }

        if (Pathways.Values.Select(static u => u.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1) yield return new ValidationResult("Pathways have different schemes: a player cannot be moved from https to http, nor back.");
        // HOST of a URI-REPLACEMENT (RFC 8216bis §7.2) is a name: players of HLS keep the port, whatever stands behind it.
        else if (Pathways.Values.Select(PortOf).Distinct().Count() > 1) yield return new ValidationResult("Pathways have different ports: a player of HLS changes the name only.");
    }

    private static int PortOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var read) ? read.Port : -1;
}
