using Gateway.Adaptation.Bandwidth;
using Gateway.Adaptation.Players;
using Gateway.Adaptation.Policy;

namespace Gateway.Adaptation.Serving;

/// <summary>What all adapted sessions share.</summary>
internal sealed class AdaptationParts(AdaptationPolicy policy, AdaptationCap cap, TitleSizes sizes, NetworkPrior prior, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();

    public AdaptationPolicy Policy => policy;

    public AdaptationCap Cap => cap;

    public TitleSizes Sizes => sizes;

    /// <summary>What lines of a network carried of late, kbit/s; null where nothing is known of it.</summary>
    public double? ExpectedFor(NetworkPrefix? network) => network is { } prefix ? prior.Estimate(prefix, time.GetUtcNow().Hour) : null;

    /// <summary>A session has told what its line carried.</summary>
    public void Observe(NetworkPrefix? network, double kbps)
    {
        if (network is { } prefix) prior.Observe(prefix, time.GetUtcNow().Hour, kbps);
    }

    /// <summary>Moments of all sessions, by one clock that never goes back.</summary>
    public TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>The adaptation of a session.</summary>
    /// <param name="session">Its id decides whether it is left alone; one that plays <c>auto</c> never is, because its player adapts nothing.</param>
    /// <param name="player">What is known of its player.</param>
    /// <param name="isAuto">Whether it plays <c>auto</c>.</param>
    /// <param name="network">Where it is; null where that is not known.</param>
    public AdaptedSession For(Guid session, PlayerClass player, bool isAuto, NetworkPrefix? network) =>
        new(this, session, player, isAuto, !isAuto && IsUntouched(session)) { Network = network };

    /// <summary>Whether a session is left alone.</summary>
    public bool IsUntouched(Guid session)
    {
        Span<char> text = stackalloc char[32];
        session.TryFormat(text, out var length, "N");
        return SessionArm.IsUntouched(text[..length], policy.Options.UntouchedShare);
    }
}
