namespace Gateway.Manifests;

/// <summary>How much of a URL the directory of a reference spells out (RFC 3986 §4.2).</summary>
internal enum DirectoryKind
{
    /// <summary>No http(s) URL at all, or nothing that can be resolved: skd:, data:, urn:, http:x.</summary>
    Opaque,

    /// <summary>With scheme and authority.</summary>
    Absolute,

    /// <summary>With authority: <c>//host/path</c>.</summary>
    SchemeRelative,

    /// <summary>From the root of the same host.</summary>
    AbsolutePath,

    /// <summary>From the directory of the manifest.</summary>
    Relative,
}
