using System.ComponentModel.DataAnnotations;

namespace TranscoderStub.Encoders;

/// <summary>Section <c>Transcoder:Encoding</c>: what just-in-time work may cost.</summary>
internal sealed class EncodingOptions
{
    /// <summary>Folder that holds <c>ffmpeg</c> and <c>ffprobe</c>; empty: they are looked for on the PATH.</summary>
    public string ToolFolder { get; set; } = "";

    /// <summary>
    /// Most encoders that run at a time; 0 (default) is twice the number of processors and at least four, since a viewer of a film needs two and an
    /// encoder that is far ahead rests.
    /// </summary>
    [Range(0, 256)]
    public int MaxEncoders { get; set; }

    /// <summary>Most requests that wait for an encoder to become free; one more is answered 503 with <c>Retry-After</c>. Default 32.</summary>
    [Range(0, 10_000)]
    public int MaxQueued { get; set; } = 32;

    /// <summary>Longest wait in that queue. Default 10 s, a gateway's usual patience for a first byte.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How far an encoder runs ahead of the last segment that was asked for, at least one segment. Default 12 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan Ahead { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>
    /// A segment that lies at most this far ahead of a running encoder is waited for; for one further away a new encoder starts there. Default 24 s
    /// (Jellyfin's figure): a second of waiting at the 24-fold speed of a small machine, which a new start would cost as well.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan JoinAhead { get; set; } = TimeSpan.FromSeconds(24);

    /// <summary>An encoder that rests this long without being asked for anything is ended. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time for one segment; an encoder that takes longer is stuck and is killed. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan SegmentTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Most memory that one ffmpeg or ffprobe may write to; more ends it, and the asker is told (Linux). 0: no bound. Default 3 GiB: 2160p of x264 takes 0.9, and a
    /// decoder of 8192 by 4320 about as much again.
    /// </summary>
    [Range(0L, 1L << 40)]
    public long MaxToolBytes { get; set; } = 3L << 30;

    /// <summary>Threads of one encoder, and of its decoder; each costs frames in memory. 0 (default): one and a half for each processor, at most 8.</summary>
    [Range(0, 64)]
    public int Threads { get; set; }

    /// <summary>What 0 stands for.</summary>
    public int ThreadsOrDefault => Threads > 0 ? Threads : Math.Clamp(Environment.ProcessorCount * 3 / 2, 1, 8);

    /// <summary>x264's preset. Default <c>veryfast</c>: 2 s of 720p in about 0.4 s on two cores.</summary>
    [RegularExpression("ultrafast|superfast|veryfast|faster|fast|medium|slow|slower")]
    public string Preset { get; set; } = "veryfast";

    /// <summary>Most bytes of one made segment; more ends its encoder. Default 256 MiB.</summary>
    [Range(1 << 16, 1 << 30)]
    public int MaxSegmentBytes { get; set; } = 256 << 20;
}
