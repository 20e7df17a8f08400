using System.ComponentModel.DataAnnotations;

namespace Gateway.Manifests;

/// <summary>Knobs of the section <c>Gateway:Manifests</c>.</summary>
internal sealed class ManifestsOptions
{
    /// <summary>Largest manifest taken from upstream, decoded. A day of DVR in 2 s segments is about 3 MB.</summary>
    [Range(1024, 256 << 20)]
    public int MaxBytes { get; set; } = 16 << 20;

    /// <summary>
    /// Largest manifest sent to a player, before compression: one that grows beyond it, or beyond 32 times its own size and 1 MiB, is refused. A playlist of a few bytes
    /// per line grows most.
    /// </summary>
    [Range(1024, 1 << 30)]
    public int MaxRewrittenBytes { get; set; } = 64 << 20;

    /// <summary>
    /// Memory for manifests while they are read, rewritten and sent, over all requests. One may take a quarter of what is free, and from half of it on a household (an IPv4 address, of IPv6 a /64) whose players do not take what they
    /// asked for keeps to a quarter of all; who finds none is told to come again (503). From three quarters on those who hold some for more than ten seconds are cut, slowest first.
    /// </summary>
    [Range(1 << 20, 1L << 40)]
    public long MemoryBytes { get; set; } = 256 << 20;

    /// <summary>How long a manifest that does not change by itself is kept when upstream says nothing.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan DefaultLifetime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long upstream may hold back a blocking reload of low-latency HLS whose target duration is not known yet; once it is, three of them
    /// (draft-pantos-hls-rfc8216bis §6.2.5.2). Afterwards 503.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan BlockingWait { get; set; } = TimeSpan.FromSeconds(18);

    /// <summary>Manifests that go out in this size or more are compressed for clients that accept it; below, it costs more than it saves. 0 turns it off.</summary>
    [Range(0, 1 << 20)]
    public int CompressFrom { get; set; } = 1024;
}
