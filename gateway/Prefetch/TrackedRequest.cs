using System.Runtime.InteropServices;
using Gateway.Timelines;

namespace Gateway.Prefetch;

/// <summary>One request for media, as far as it matters to the playback position.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TrackedRequest
{
    public required RangedAddress Asked { get; init; }

    /// <summary>Where it was found to stand when the request came in; nothing where nobody looked.</summary>
    public TrackedLocation Location { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Most segments wanted ahead.</summary>
    public int Segments { get; init; }

    /// <summary>Most media time wanted ahead.</summary>
    public TimeSpan Ahead { get; init; }

    /// <summary>Kind of media by the player's CMCD, where it gives one; the manifest's kind takes precedence.</summary>
    public RenditionKind? Kind { get; init; }

    /// <summary>A hash of the name that the player gives itself; 0 without one.</summary>
    public int Player { get; init; }

    /// <summary>Addresses of the player's announced next requests; null for none.</summary>
    public RangedAddress[]? Named { get; init; }
}
