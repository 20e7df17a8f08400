using System.Runtime.InteropServices;

namespace Gateway.Adaptation;

/// <summary>What is to be done with one answer. Null means: leave that alone.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AdaptationDecision
{
    /// <summary>Nothing is done.</summary>
    public static AdaptationDecision Nothing { get; } = new() { SafeRung = -1 };

    /// <summary>CMSD <c>mb</c>, kbit/s; never below the declared rate of the lowest rung, audio included.</summary>
    public int? MaxKbps { get; init; }

    /// <summary>CMSD <c>etp</c>, kbit/s.</summary>
    public int? ThroughputKbps { get; init; }

    /// <summary>Rate that the body is to keep to, kbit/s.</summary>
    public int? PaceKbps { get; init; }

    /// <summary>Rung of the segment that answers a request of the rendition <c>auto</c>, from the lowest, 0.</summary>
    public int? AutoRung { get; init; }

    /// <summary>Highest rung that is thought safe now, from the lowest, 0; -1 before anything is known.</summary>
    public int SafeRung { get; init; }

    /// <summary>The safe rung, or of <c>auto</c> the rung served, before this answer; -1 for none.</summary>
    public int FromRung { get; init; }

    /// <summary>Why it is another than <see cref="FromRung"/>.</summary>
    public AdaptationReason Reason { get; init; }
}
