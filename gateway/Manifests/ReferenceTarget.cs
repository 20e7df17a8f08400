using Gateway.Media;

namespace Gateway.Manifests;

/// <summary>How one session's player reaches the gateway: the part before the upstream's own path in rewritten references.</summary>
/// <param name="PublicOrigin">Scheme and authority as the client used them, for example <c>https://tv.example:8443</c>; no trailing slash.</param>
/// <param name="TicketPath">
/// Gives the path up to and including the ticket for an address, for example <c>/api/v1/playback/{ticket}</c>; the ticket may differ by
/// address where it lies outside the session's scope. It looks only at cluster and directory (the path up to its last slash), so that one
/// answer holds for everything beside and below: it is asked once per directory of a manifest, not once per segment.
/// </param>
internal sealed record ReferenceTarget(string PublicOrigin, Func<MediaAddress, string> TicketPath)
{
    /// <summary>
    /// Whether the ticket of the manifest's own folder does not open what lies below: then no reference stands as it is, and each folder is asked about.
    /// </summary>
    public bool IsLimited { get; init; }

    /// <summary>
    /// Whether a ticket for a folder opens what lies below, for folders other than the manifest's own: a base URL may lead to where the credential opens nothing, and a
    /// ticket there is for one folder. Null where every ticket does.
    /// </summary>
    public Func<string, bool>? OpensBelow { get; init; }

    /// <summary>Whether any ticket may be for one folder alone.</summary>
    public bool HasLimits => IsLimited || OpensBelow is not null;

    /// <summary>Whether <see cref="TicketPath"/> is asked about a template's folder with the variables in it, rather than about the part before them.</summary>
    public bool TakesVariables { get; init; }

    /// <summary>Whether the player is told other gateways to go to.</summary>
    public bool IsSteered { get; init; }

    /// <summary>Host of <see cref="PublicOrigin"/>, without a port.</summary>
    public string Host => Uri.TryCreate(PublicOrigin, UriKind.Absolute, out var url) ? url.Host : "";

    /// <summary>Absolute path and query at the gateway for an upstream address.</summary>
    public string PathOf(MediaAddress address) => $"{TicketPath(address)}/{address.Cluster}{address.Path}{address.Query}";
}
