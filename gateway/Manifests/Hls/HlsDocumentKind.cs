namespace Gateway.Manifests.Hls;

/// <summary>JSON documents that belong to a presentation and hold URLs of media.</summary>
internal enum HlsDocumentKind
{
    /// <summary>Neither of them: session data, a chapter list, anything else.</summary>
    Other,

    /// <summary>What X-ASSET-LIST names: the assets of an interstitial (draft-pantos-hls-rfc8216bis, appendix D.2).</summary>
    AssetList,

    /// <summary>What SERVER-URI of EXT-X-CONTENT-STEERING, or ContentSteering of an MPD, names (§7.3).</summary>
    Steering,
}
