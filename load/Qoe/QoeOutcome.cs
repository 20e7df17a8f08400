using System.Runtime.InteropServices;

namespace Gateway.Load.Qoe;

/// <summary>What one viewer of the film saw.</summary>
/// <param name="PlayedSeconds">Media that went over the screen.</param>
/// <param name="Kbps">Declared rate over that; of <c>auto</c> the declared rate of the rungs that were served.</param>
/// <param name="StallSeconds">The picture stood although it should move, restarts of a player that gave up included.</param>
/// <param name="StartupSeconds">From Play to the first picture.</param>
/// <param name="Switches">Changes of rung.</param>
/// <param name="SwitchedKbps">Sum of their sizes.</param>
/// <param name="Restarts">How often the player gave up and the viewer pressed Play again.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QoeOutcome(double PlayedSeconds, double Kbps, double StallSeconds, double StartupSeconds, int Switches, double SwitchedKbps, int Restarts)
{
    private const double PieceSeconds = 4;
    private const double PerSecondOfWaiting = 4.3;

    /// <summary>A mean of two.</summary>
    /// <param name="one">At share 0.</param>
    /// <param name="other">At share 1.</param>
    /// <param name="share">Of the other.</param>
    public static QoeOutcome Between(in QoeOutcome one, in QoeOutcome other, double share) => new(
        double.Lerp(one.PlayedSeconds, other.PlayedSeconds, share),
        double.Lerp(one.Kbps, other.Kbps, share),
        double.Lerp(one.StallSeconds, other.StallSeconds, share),
        double.Lerp(one.StartupSeconds, other.StartupSeconds, share),
        0,
        0,
        share > 0.5 ? other.Restarts : one.Restarts);

    /// <summary>Linear quality of experience as <see cref="Reports.LinearQoe"/> has it.</summary>
    public double Qoe
    {
        get
        {
            var pieces = Math.Max(1, PlayedSeconds / PieceSeconds);
            return (Kbps / 1000) - (((SwitchedKbps / 1000) + (PerSecondOfWaiting * (StallSeconds + StartupSeconds))) / pieces);
        }
    }
}
