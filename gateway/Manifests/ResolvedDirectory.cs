namespace Gateway.Manifests;

/// <summary>Where the directory of a reference leads; the same for every file in it.</summary>
internal sealed class ResolvedDirectory
{
    public static ResolvedDirectory Opaque { get; } = new() { Kind = DirectoryKind.Opaque };

    public required DirectoryKind Kind { get; init; }

    /// <summary>Configured cluster that holds it; null for foreign hosts and paths, and for what is opaque.</summary>
    public string? Cluster { get; init; }

    /// <summary>Path below the cluster's address, or on the foreign host: as it goes on the wire, with a slash at both ends.</summary>
    public string Path { get; init; } = "";

    /// <summary>The same path as the manifest spells it, one character per byte.</summary>
    public string Spelling { get; init; } = "";

    /// <summary>Scheme and host.</summary>
    public string Authority { get; init; } = "";

    /// <summary>
    /// Whether a player that reads it relative to the gateway's form of the manifest URL ends at the same place: it never climbs above the
    /// cluster's root on its way and does not depend on how escaped dots are read.
    /// </summary>
    public bool StaysBelowRoot { get; init; }
}
