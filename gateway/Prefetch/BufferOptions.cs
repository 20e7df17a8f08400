using System.ComponentModel.DataAnnotations;

namespace Gateway.Prefetch;

/// <summary>
/// Knobs of the section <c>Gateway:Buffer</c>: how much the gateway holds ahead of one viewer, in each rendition that is being played. <see cref="PrefetchOptions.Segments"/>
/// is the number that each request has prefetched; these are its upper bounds, and <see cref="AheadSegments"/> is the number that a prewarmed session gets.
/// </summary>
internal sealed class BufferOptions
{
    /// <summary>Most segments ahead of a viewer, in each rendition. 5 to 8 serve players well: fewer leave no reserve, more are discarded when the viewer seeks.</summary>
    [Range(0, 32)]
    public int AheadSegments { get; set; } = 5;

    /// <summary>Most media time ahead of a viewer, whatever the number of segments.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromMinutes(1);
}
