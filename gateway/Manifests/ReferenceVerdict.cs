namespace Gateway.Manifests;

/// <summary>What <see cref="ReferenceMap"/> decided about one reference.</summary>
internal enum ReferenceVerdict
{
    /// <summary>It leads through the gateway as it stands, or is no http(s) reference at all (skd:, data:, urn:): leave its bytes.</summary>
    Keep,

    /// <summary>The replacement was written.</summary>
    Replaced,

    /// <summary>It leads to a host that is not configured: leave its bytes, unless a base that changed forces an absolute URL. Counted.</summary>
    Foreign,
}
