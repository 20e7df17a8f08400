namespace Gateway.Manifests;

/// <summary>How a rewritten reference must be written.</summary>
internal enum ReferenceForm
{
    /// <summary>As short as resolves right: a relative reference that already leads through the gateway stays byte for byte.</summary>
    Shortest,

    /// <summary>Path from the root, without scheme and host (RFC 3986 §4.2): for EXT-X-RENDITION-REPORT, which must not be absolute.</summary>
    AbsolutePath,

    /// <summary>With scheme and host: for X-ASSET-URI, which must be absolute, and EXT-X-KEY, where VLC needs it.</summary>
    Absolute,
}
