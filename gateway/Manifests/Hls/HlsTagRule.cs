namespace Gateway.Manifests.Hls;

/// <summary>What a tag means for the rewriter.</summary>
/// <param name="Name">Between <c>#EXT-X-</c> and the colon.</param>
/// <param name="Kind">Kind of playlist in which it occurs; unknown for both.</param>
/// <param name="References">Attributes that hold references; none for tags that only tell the kind.</param>
internal sealed record HlsTagRule(byte[] Name, HlsPlaylistKind Kind, HlsReferencePlace[] References)
{
    /// <summary>Whether some attribute counts only with a certain CLASS.</summary>
    public bool DependsOnClass { get; } = Array.Exists(References, r => r.Class is not null);
}
