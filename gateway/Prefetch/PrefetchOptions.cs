using System.ComponentModel.DataAnnotations;

namespace Gateway.Prefetch;

/// <summary>
/// Knobs of the section <c>Gateway:Prefetch</c>. <see cref="Segments"/> says how far one viewer's prefetch runs ahead;
/// <see cref="MaxConcurrent"/> and <see cref="MaxWaiting"/> bound what all viewers together may cause.
/// </summary>
internal sealed class PrefetchOptions
{
    /// <summary>Segments fetched ahead of the one asked for; 0 turns prefetching off.</summary>
    [Range(0, 32)]
    public int Segments { get; set; } = 3;

    /// <summary>Prefetches under way at once, over all viewers. Demand is never limited by it.</summary>
    [Range(1, 1024)]
    public int MaxConcurrent { get; set; } = 32;

    /// <summary>Prefetches that wait for a place; more are dropped, the oldest first, since a viewer has moved on by then.</summary>
    [Range(0, 65536)]
    public int MaxWaiting { get; set; } = 256;
}
