using System.ComponentModel.DataAnnotations;

namespace Gateway.Caching;

/// <summary>
/// Knobs of the cache, section <c>Gateway:Cache</c>. Everything is measured against <see cref="MaxBytes"/>: at <see cref="HighWatermark"/> of it objects
/// past <see cref="MinRetention"/> are evicted, at <see cref="CriticalWatermark"/> anything not in use, until the cache is back below the high watermark.
/// </summary>
internal sealed class CacheOptions : IValidatableObject
{
    /// <summary>Most bytes held in memory; 0 = a quarter of what this process may use, container limit counted.</summary>
    [Range(0, 1L << 50)]
    public long MaxBytes { get; set; }

    /// <summary>Share of <see cref="MaxBytes"/>, and of the process's memory limit, from which on old objects are dropped.</summary>
    [Range(0.1, 0.99)]
    public double HighWatermark { get; set; } = 0.80;

    /// <summary>Share from which on objects are dropped without regard to their retention, and prefetch and large objects are refused.</summary>
    [Range(0.1, 1.0)]
    public double CriticalWatermark { get; set; } = 0.95;

    /// <summary>How long an object is safe from eviction after its last use, below the critical watermark: a short seek back finds it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan MinRetention { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>An object that was not requested for so long is dropped although there is space; 0 = it stays until it has expired or space is needed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan MaxIdle { get; set; }

    /// <summary>
    /// Share of its age (Date less Last-Modified) for which a response on a route with <c>Gateway.Cache=true</c> counts as fresh when upstream states no lifetime, one day at most
    /// (RFC 9111 §4.2.2 names a tenth); 0 = it is validated at each use. Never applied to replies to requests with a cookie or a credential, nor to media, whose age tells nothing about when they
    /// will change.
    /// </summary>
    [Range(0.0, 1.0)]
    public double HeuristicShare { get; set; } = 0.1;

    /// <summary>How often memory is measured without an insert.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan TrimInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Larger objects are not stored whole. 64 MiB holds ten seconds at 50 Mbit/s; never more than a quarter of the budget counts.</summary>
    [Range(0, 1L << 40)]
    public long MaxObjectBytes { get; set; } = 64L << 20;

    /// <summary>Larger objects are not admitted while pressure is critical; a slice of a large file is just not larger.</summary>
    [Range(0, 1L << 40)]
    public long LargeObjectBytes { get; set; } = 4L << 20;

    /// <summary>How long a fetch goes on without readers: a player that gave up on it asks again within seconds, and reads along. 0 = not at all.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan LingerTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most fetches that go on without readers at once.</summary>
    [Range(0, 4096)]
    public int MaxLingering { get; set; } = 32;

    /// <summary>Lifetime of 404 and 410 replies that carry none: long enough to absorb a burst, shorter than a live segment takes to appear.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan NegativeLifetime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Lifetime of VOD segments for which upstream states none.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a stale object with a validator stays for revalidation, when there is space.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan KeepStale { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a prefetched object waits for its first demand before it is dropped.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PrefetchedIdle { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How far a fetch that is not stored may run ahead of its slowest reader.</summary>
    [Range(64L << 10, 64L << 20)]
    public long StreamWindowBytes { get; set; } = 256L << 10;

    /// <summary>How long in all one reader may hold up the others of a stream that is not stored, by standing still or by crawling, before it is cut off.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan StalledReader { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest share of the budget that one title keeps while others need space.</summary>
    [Range(0.01, 1.0)]
    public double TitleShare { get; set; } = 0.5;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CriticalWatermark <= HighWatermark)
        {
            yield return new ValidationResult(
                $"CriticalWatermark ({CriticalWatermark}) must be above HighWatermark ({HighWatermark}).",
                [nameof(CriticalWatermark), nameof(HighWatermark)]);
        }
    }
}
