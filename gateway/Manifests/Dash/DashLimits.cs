namespace Gateway.Manifests.Dash;

/// <summary>
/// Bounds of what is taken for an MPD. Everything within them costs linear time and memory; they exist so that nonsense is named early.
/// </summary>
internal static class DashLimits
{
    /// <summary>Open elements. The MPD schema itself needs about ten; event payloads of SCTE 35 add a handful.</summary>
    public const int Depth = 64;

    /// <summary>Bytes from <c>&lt;</c> to <c>&gt;</c>: a data: URI of an initialisation section fits.</summary>
    public const int TagLength = 1 << 20;

    /// <summary>Attributes of one element; the schema's richest has about forty.</summary>
    public const int Attributes = 128;

    /// <summary>Namespace declarations in scope at one place. Service MPDs have up to a dozen, all on the root.</summary>
    public const int Namespaces = 64;
}
