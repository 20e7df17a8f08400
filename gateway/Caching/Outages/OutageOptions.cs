using System.ComponentModel.DataAnnotations;

namespace Gateway.Caching.Outages;

/// <summary>
/// Knobs of requests that wait while the origin is away, section <c>Gateway:Cache:Outage</c>. Segments of films wait: shaka-player and dash.js take a few failures for the end of a film, although
/// seconds of it lie in their buffers. Manifests and live segments are refused at once, as their players ask again for as long as it takes.
/// </summary>
internal sealed class OutageOptions
{
    /// <summary>
    /// How long such a request waits, counted from its beginning, before it is refused with 503, 502 or 504; 0, the default, = it is refused as soon as the origin's retries are used up. 9 s suit all players: hls.js and shaka-player give a request
    /// up that has no first byte after 10 s, dash.js after 20 s, and each asks at least once more.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Patience { get; set; }

    /// <summary>Time between two tries at upstream, one request of each title that waits, however many wait. An open circuit (<c>Origin:BreakerPause</c>) lets fewer through.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan TryInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Most requests that wait at once; further ones are refused.</summary>
    [Range(0, 1_000_000)]
    public int MaxHeld { get; set; } = 10_000;
}
