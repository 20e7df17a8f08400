namespace Gateway.Load.Scenarios.ReadyMade;

/// <summary>What stands behind the gateways of a system that a run starts itself.</summary>
internal enum OriginKind
{
    /// <summary>The transcoder-stub with its bundled titles: real media, half a minute each, on demand and live.</summary>
    Stub,

    /// <summary>Made-up titles of any length and number: real manifests, segments of the right sizes without content.</summary>
    Synthetic,
}
