namespace Gateway.Transcoding;

/// <summary>The result of a start.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Transcode">The title, where it was started.</param>
/// <param name="RetryAfter">When to come again, where the transcoder said so.</param>
internal sealed record StartResult(StartOutcome Outcome, Transcode? Transcode = null, TimeSpan? RetryAfter = null);
