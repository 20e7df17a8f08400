namespace Gateway.Manifests.Hls;

/// <summary>One attribute that holds a reference.</summary>
/// <param name="Attribute">Its name.</param>
/// <param name="Form">How its replacement must be written.</param>
/// <param name="Class">CLASS that the tag must have for it; null for any.</param>
/// <param name="MayBeInline">Whether a data: URI may stand there that holds a document with references of its own.</param>
internal sealed record HlsReferencePlace(byte[] Attribute, ReferenceForm Form, byte[]? Class, bool MayBeInline = false);
