namespace TranscoderStub.Access;

/// <summary>What an endpoint asks of its callers, as metadata of it. One without a rule is open: health and the bundled titles.</summary>
internal enum AccessRule
{
    /// <summary>The bearer key.</summary>
    Key,

    /// <summary>An address that only a holder of the key can know, unless <see cref="ApiOptions.MediaNeedsKey"/> says that the key is needed as well.</summary>
    SecretAddress,
}
