using System.Text.Json.Serialization;

namespace TranscoderStub.Streams;

/// <summary>Body of <c>POST /process_stream_chunk</c>.</summary>
internal sealed class StreamChunkRequest
{
    private const int LongestUri = 8192;

    private static readonly string[] s_modes = ["sbs", "anaglyph"];

    /// <summary>Where the chunk is read, by GET.</summary>
    [JsonPropertyName("input_uri")]
    public string? InputUri { get; init; }

    /// <summary>Where the segment is written, by PUT.</summary>
    [JsonPropertyName("output_uri")]
    public string? OutputUri { get; init; }

    /// <summary><c>sbs</c> (default) or <c>anaglyph</c>.</summary>
    [JsonPropertyName("mode")]
    public string? Mode { get; init; }

    /// <summary>Version of the key contract; 1.</summary>
    [JsonPropertyName("contract_version")]
    public int? ContractVersion { get; init; }

    /// <summary>For the log.</summary>
    [JsonPropertyName("session_id")]
    public string? SessionId { get; init; }

    /// <summary>For the log.</summary>
    [JsonPropertyName("index")]
    public int? Index { get; init; }

    /// <exception cref="TranscodeException">Something is wrong; the message says what.</exception>
    public (Uri Input, Uri Output) Check(Func<Uri, bool> isAllowed)
    {
        if (Mode is not null && !s_modes.Contains(Mode, StringComparer.Ordinal)) throw TranscodeException.Wrong("'mode' is sbs or anaglyph.");
        if (ContractVersion is not (null or 1)) throw TranscodeException.Wrong("'contract_version' is not supported. Supported: 1.");
        return (UriOf(InputUri, "input_uri", isAllowed), UriOf(OutputUri, "output_uri", isAllowed));
    }

    private static Uri UriOf(string? text, string field, Func<Uri, bool> isAllowed)
    {
        if (text is null || text.Length > LongestUri || !Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            throw TranscodeException.Wrong($"'{field}' has to be an absolute address of http or https without a user name.");
        return isAllowed(address) ? address : throw new TranscodeException(403, "TRANSCODER_SOURCE_HOST", $"The host of '{field}' is not one of Transcoder:Sources:AllowedHosts.");
    }
}
