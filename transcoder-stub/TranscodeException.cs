namespace TranscoderStub;

/// <summary>Something that just-in-time work cannot do, with everything that the asker is told.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">Stable, <c>TRANSCODER_…</c>.</param>
/// <param name="message">A sentence without paths or addresses.</param>
/// <param name="retryAfter">How long the asker should wait; null where asking again will not help.</param>
internal sealed class TranscodeException(int status, string code, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public TimeSpan? RetryAfter => retryAfter;

    public static TranscodeException UnknownMedia() => new(404, "TRANSCODER_MEDIA_UNKNOWN", "There is no media of this name.");

    public static TranscodeException UnknownFile() => new(404, "TRANSCODER_FILE_UNKNOWN", "The title has no such file.");

    public static TranscodeException Wrong(string what) => new(400, "TRANSCODER_REQUEST", what);

    /// <summary>The source cannot be read any more, or not now: it may come back.</summary>
    public static TranscodeException SourceGone() => new(502, "TRANSCODER_SOURCE_GONE", "The source cannot be read.", TimeSpan.FromSeconds(2));

    public static TranscodeException NotMedia() => new(422, "TRANSCODER_NOT_MEDIA", "The source is no media that can be read.");

    /// <summary>Asking again would need as much.</summary>
    public static TranscodeException NeedsMemory() => new(
        422, "TRANSCODER_NEEDS_MEMORY", "The source needs more memory than one encoder may take (Transcoder:Encoding:MaxToolBytes).");

    /// <summary>The encoder ended without what was asked of it. <paramref name="transient"/>: it was killed rather than unable.</summary>
    public static TranscodeException EncoderFailed(string how, bool transient) =>
        new(502, "TRANSCODER_ENCODER_FAILED", how, transient ? TimeSpan.FromSeconds(1) : null);
}
