using System.ComponentModel.DataAnnotations;

namespace Gateway.Prefetch;

/// <summary>
/// Knobs of the section <c>Gateway:Prefetch</c>. <see cref="Segments"/> sets how far one viewer's prefetch runs ahead, within the bounds of <see cref="BufferOptions"/>;
/// <see cref="MaxConcurrent"/>, <see cref="MaxWaiting"/> and <see cref="MaxUnusedBytes"/> bound what all viewers together may cause, <see cref="MaxPerSession"/> and
/// <see cref="MaxSessionBytes"/> what one may.
/// </summary>
internal sealed class PrefetchOptions
{
    /// <summary>Segments prefetched beyond the requested one, in each rendition that is being played; 0 turns prefetching off.</summary>
    [Range(0, 32)]
    public int Segments { get; set; } = 3;

    /// <summary>Prefetches more than <see cref="Segments"/>, up to <see cref="BufferOptions.AheadSegments"/>, as long as the origin's slow answers take a good part of a segment's time.</summary>
    public bool DeepensWhenSlow { get; set; } = true;

    /// <summary>Prefetches under way at once, over all viewers; up to three quarters of them give way to demand. Demand is never limited by it.</summary>
    [Range(1, 1024)]
    public int MaxConcurrent { get; set; } = 32;

    /// <summary>Prefetches under way at once for one viewer: three segments of video and of audio, and an initialisation section of each.</summary>
    [Range(1, 64)]
    public int MaxPerSession { get; set; } = 8;

    /// <summary>Prefetches that wait for a free slot; beyond, the one that is needed last is dropped.</summary>
    [Range(0, 4096)]
    public int MaxWaiting { get; set; } = 256;

    /// <summary>
    /// A prefetch that takes or waits longer is given up, unless a client reads along: a new request serves the viewer better. What a transcoder makes has <c>Transcoder:SegmentPatience</c> more.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A viewer without a media request for so long counts as gone: reloads of a live playlist prefetch nothing any more.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most bytes ahead of one viewer in one rendition, estimated from the size of the requested segment. 64 MiB are ten seconds at 50 Mbit/s.</summary>
    [Range(0, 1L << 40)]
    public long MaxSessionBytes { get; set; } = 64L << 20;

    /// <summary>Most bytes held that were prefetched and had no demand so far, over all viewers; 0 = a quarter of the cache.</summary>
    [Range(0, 1L << 50)]
    public long MaxUnusedBytes { get; set; }
}
