using System.Runtime.InteropServices;

namespace Gateway.Load.Players;

/// <summary>How long a viewer waited for the picture after a seek or a zap.</summary>
/// <param name="At">By the run's clock.</param>
/// <param name="Duration">Null when the picture never came.</param>
/// <param name="IsZap">To another title, not within one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeekTime(TimeSpan At, TimeSpan? Duration, bool IsZap)
{
    /// <summary>The same, or for one whose picture never came the time until the viewer or the run ended it: at least so long.</summary>
    public TimeSpan Waited { get; init; }
}
