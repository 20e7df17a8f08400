namespace Gateway.Live.Timeline;

/// <summary>What is fixed for a session when it is created.</summary>
/// <param name="TargetDuration">Whole seconds; no entry rounds to more (RFC 8216 §4.3.3.1).</param>
/// <param name="GapAfter">How long a chunk is waited for after a later one has come.</param>
/// <param name="IdleTimeout">How long nothing may come before the session is ended.</param>
/// <param name="Window">Length of a sliding window; zero for an EVENT playlist that keeps everything.</param>
internal sealed record TimelineOptions(int TargetDuration, TimeSpan GapAfter, TimeSpan IdleTimeout, TimeSpan Window = default)
{
    /// <summary>Most that a chunk may last: its duration rounds to no more than the target.</summary>
    public double LongestChunk => TargetDuration + 0.499;

    public bool IsSliding => Window > TimeSpan.Zero;
}
