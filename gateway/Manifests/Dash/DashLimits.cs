namespace Gateway.Manifests.Dash;

/// <summary>
/// Limits of an MPD. Everything within them costs linear time and memory; they exist so that malformed documents are refused early.
/// </summary>
internal static class DashLimits
{
    /// <summary>Open elements. The MPD schema itself needs about ten; event payloads of SCTE 35 add a handful.</summary>
    public const int Depth = 64;

    /// <summary>Bytes from <c>&lt;</c> to <c>&gt;</c>: a data: URI of an initialisation section fits.</summary>
    public const int TagLength = 1 << 20;

    /// <summary>Longest base URL, and longest URL with its variables filled in; servers take no longer ones. What stands once and counts for thousands multiplies.</summary>
    public const int UrlLength = 8 * 1024;

    /// <summary>Characters of the base URLs of all Representations together, each counted as often as it is used: 10,000 of 800.</summary>
    public const int BaseChars = 8 * 1024 * 1024;

    /// <summary>Attributes of one element; the schema's richest has about forty.</summary>
    public const int Attributes = 128;

    /// <summary>Namespace declarations in scope at one place. Service MPDs have up to a dozen, all on the root.</summary>
    public const int Namespaces = 64;
}
