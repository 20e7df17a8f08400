using Gateway.Adaptation.Players;

namespace Gateway.Adaptation.Policy;

/// <summary>
/// Raises a suggested maximum (CMSD <c>mb</c>) so far that the player is left with a rung whatever it does. shaka-player 5 gives a stream up for 30 s when many frames of it were dropped, which after a stall they
/// always are, the lowest like any other; and where <c>mb</c> leaves none of the rest, its choice fails with an exception and nothing plays any more. Only a rung that was played of late can have been given up, so one
/// that was not asked for in <see cref="Doubt"/> is there.
/// </summary>
/// <remarks>Not safe for several threads; <see cref="SessionAdaptation"/> guards it.</remarks>
internal sealed class SurvivableCap
{
    /// <summary>The 30 s, and what was still playing from the buffer when they began.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromSeconds(45);

    private TimeSpan[] _askedAt = [];

    /// <summary>Whether a player may be shaka-player, for all that is known of it.</summary>
    public static bool Concerns(PlayerClass player) => player is PlayerClass.Shaka or PlayerClass.Unknown;

    /// <summary>A segment of a rung is asked for.</summary>
    /// <param name="rung">From the lowest, 0.</param>
    /// <param name="rungs">In the ladder.</param>
    /// <param name="at">When.</param>
    public void Asked(int rung, int rungs, TimeSpan at)
    {
        if (_askedAt.Length != rungs)
        {
            _askedAt = new TimeSpan[rungs];
            Array.Fill(_askedAt, TimeSpan.MinValue);
        }

        if (rung >= 0) _askedAt[rung] = at;
    }

    /// <summary>The lowest rung from the wanted one on that leaves the player one for certain; the highest where none is certain.</summary>
    public int Above(int wanted, TimeSpan at)
    {
        for (var rung = 0; rung < _askedAt.Length; rung++)
        {
            if (_askedAt[rung] == TimeSpan.MinValue || at - _askedAt[rung] > Doubt) return Math.Max(wanted, rung);
        }

        return Math.Max(wanted, _askedAt.Length - 1);
    }
}
