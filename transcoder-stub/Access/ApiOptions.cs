namespace TranscoderStub.Access;

/// <summary>Section <c>Transcoder:Api</c>.</summary>
internal sealed class ApiOptions
{
    /// <summary>Bearer key of the API; empty (default): only callers of this machine may use anything but the bundled titles.</summary>
    public string Key { get; set; } = "";

    /// <summary>
    /// Whether files below <c>/transcode/{id}/</c> and <c>/jit/~{capability}/</c> need the key as well. Default false: the id and the capability are 128 bits that only a
    /// holder of the key has got, and a gateway's cache asks for media without credentials.
    /// </summary>
    public bool MediaNeedsKey { get; set; }
}
