using Gateway.Adaptation;
using Gateway.Adaptation.Policy;

namespace Gateway.Load.Qoe;

/// <summary>One way to play: levers that are on, and whether the gateway chooses the rungs.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Policy">Null = the player alone, straight at the origin.</param>
/// <param name="IsAuto">The rendition <c>auto</c> is played.</param>
internal sealed record QoeArm(string Name, AdaptationPolicy? Policy, bool IsAuto)
{
    public static QoeArm Alone { get; } = new("none", null, false);

    /// <param name="levers">As the gateway's configuration has them.</param>
    /// <param name="isAuto">The rendition <c>auto</c> is played.</param>
    /// <returns>Null where no lever is left: that is the player alone.</returns>
    /// <exception cref="FormatException">There is no such lever.</exception>
    public static QoeArm? Of(string levers, bool isAuto)
    {
        if (!LeverNames.TryRead(levers, out var read, out var unknown)) throw new FormatException($"--levers: '{unknown}' is none. There are all, none, {string.Join(", ", LeverNames.All.Select(static l => l.Name))}.");
        return read == AdaptationLevers.None ? null : new QoeArm(levers, new AdaptationPolicy(new AdaptationOptions { Levers = levers }), isAuto);
    }
}
