using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gateway.Origin;

namespace Gateway.Peers;

/// <summary>
/// Knobs of several gateways that fetch from each other before the origin, section <c>Gateway:Peers</c>; off as long as <see cref="Nodes"/> is empty. All nodes get the same <see cref="Nodes"/> and
/// <c>Access:TicketKeys</c>, and each its own <see cref="Self"/>.
/// </summary>
internal sealed class PeersOptions : IValidatableObject
{
    /// <summary>Most nodes: each is probed by each.</summary>
    private const int MostNodes = 64;

    /// <summary>Name of this gateway in <see cref="Nodes"/>.</summary>
    public string Self { get; set; } = "";

    /// <summary>
    /// All gateways, this one among them, by name: the address at which the others reach it, and after a space its weight if that is not 1, as in <c>http://10.0.0.11:8080 2</c>. Names decide who has
    /// which title; an address may change.
    /// </summary>
    public Dictionary<string, string> Nodes { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Folders of the path that make the title, by which shares are cut: 1 for <c>/demo/…</c>, 2 where all titles lie in one folder.</summary>
    [Range(1, 8)]
    public int TitleFolders { get; set; } = 1;

    /// <summary>Longest wait for a peer's response head before the origin is asked. A peer that is usually quick gets less: three times its slowest twentieth, but a second at least.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan FirstByteTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Time between two looks at a peer's readiness.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a peer that could not be reached, or was three times too slow, is not asked, and has no share.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan FailurePause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after a node came or went the new owners of its titles look for them at the node that had them meanwhile, before they ask the origin; 0 = never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Where memory is short (<c>Cache:HighWatermark</c>), a node keeps an object of another's share only when it is asked for twice within this; 0 = none but what it fetched ahead. With memory to spare
    /// it keeps all, which is what is left when the other node dies.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan HotTime { get; set; } = TimeSpan.FromMinutes(1);

    public bool IsOn => Nodes.Count > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn) yield break;
        if (!Nodes.ContainsKey(Self)) yield return new ValidationResult($"Self ('{Self}') is not among Nodes ({string.Join(", ", Nodes.Keys.Order(StringComparer.Ordinal))}). Each gateway has to know which of them it is.");
        if (Nodes.Count > MostNodes) yield return new ValidationResult($"Nodes has {Nodes.Count} entries. Allowed: {MostNodes} at most.");
        foreach (var (name, text) in Nodes)
        {
            if (name.Length > 64 || name.AsSpan().ContainsAnyExcept(PeerFields.NameLetters)) yield return new ValidationResult($"Nodes:{name}: a name has letters, digits, dots, dashes and underscores.");
            if (!TryRead(text, out _, out _)) yield return new ValidationResult($"Nodes:{name}: '{text}' is no address. Write http://10.0.0.11:8080, and after a space a weight of 0.01 to 100 if it is not 1.");
        }
    }

    /// <summary>Reads an entry of <see cref="Nodes"/>.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? address, out double weight)
    {
        address = null;
        weight = 1;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length is 0 or > 2 || !ClusterCheck.TryReadAddress(parts[0], out var url) || url.AbsolutePath != "/") return false;
        if (parts.Length == 2 && (!double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out weight) || weight is not (>= 0.01 and <= 100))) return false;
        address = parts[0];
        return true;
    }
}
