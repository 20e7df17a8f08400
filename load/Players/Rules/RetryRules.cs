namespace Gateway.Load.Players.Rules;

/// <summary>What happens after a failed request.</summary>
/// <param name="Tries">Repetitions of one request.</param>
/// <param name="FirstSeconds">Before the first one.</param>
/// <param name="Backoff">Factor from one to the next.</param>
/// <param name="MostSeconds">Longest wait.</param>
/// <param name="ClientErrors">Whether 4xx is worth a repetition.</param>
internal sealed record RetryRules(int Tries, double FirstSeconds, double Backoff, double MostSeconds, bool ClientErrors)
{
    /// <summary>hls.js: fragLoadPolicy, six repetitions a second apart and more, none for 4xx.</summary>
    public static RetryRules Patient { get; } = new(6, 1, 2, 8, ClientErrors: false);

    /// <summary>Seconds before a repetition.</summary>
    /// <param name="repetition">From 0.</param>
    public double Delay(int repetition) => Math.Min(FirstSeconds * Math.Pow(Backoff, repetition), MostSeconds);
}
