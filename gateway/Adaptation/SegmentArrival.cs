using System.Runtime.InteropServices;

namespace Gateway.Adaptation;

/// <summary>How a segment of video came from upstream, as its client noticed it.</summary>
/// <param name="Kbps">Declared bitrate of its rung.</param>
/// <param name="Waited">Time in which nothing but upstream held the answer up; none for what was in the cache.</param>
/// <param name="Duration">Of its media.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmentArrival(int Kbps, TimeSpan Waited, TimeSpan Duration)
{
    /// <summary>Of a broadcast: a segment may be asked for while it is made, and then takes its own duration.</summary>
    public bool IsLive { get; init; }

    /// <summary>Its client did not wait for the rest.</summary>
    public bool IsGivenUp { get; init; }
}
