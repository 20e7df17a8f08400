namespace TranscoderStub.Transcodes;

/// <summary>Section <c>Transcoder:Api</c>.</summary>
internal sealed class ApiOptions
{
    /// <summary>Bearer key of the API; empty (default): only callers of this machine may use it.</summary>
    public string Key { get; set; } = "";

    /// <summary>
    /// Whether files below <c>/transcode/{id}/</c> need the key as well. Default false: an id is 128 bits that only the caller of a start has got, and a
    /// gateway's cache asks for media without credentials. <c>/jit/</c> needs the key if this is true.
    /// </summary>
    public bool MediaNeedsKey { get; set; }
}
