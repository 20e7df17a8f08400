namespace Gateway.Adaptation;

/// <summary>Whether a session is left alone, so that what is done for the others can be measured: its id alone decides, on every machine and after every restart in the same way.</summary>
internal static class SessionArm
{
    /// <param name="sessionId">Any text.</param>
    /// <param name="share">Of all sessions, 0 to 1.</param>
    public static bool IsUntouched(ReadOnlySpan<char> sessionId, double share)
    {
        // FNV-1a, 64 bits, mixed once more: string's own sum differs from process to process.
        var sum = 14695981039346656037UL;
        foreach (var letter in sessionId) sum = (sum ^ letter) * 1099511628211UL;
        sum ^= sum >> 32;
        sum *= 0x9E3779B97F4A7C15;
        return (sum >> 11) * (1.0 / (1UL << 53)) < share;
    }
}
