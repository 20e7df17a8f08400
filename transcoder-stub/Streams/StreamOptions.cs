using System.ComponentModel.DataAnnotations;

namespace TranscoderStub.Streams;

/// <summary>Section <c>Transcoder:Streams</c>: chunks of live streams that are made into segments.</summary>
internal sealed class StreamOptions
{
    /// <summary>Most chunks at a time, beside the encoders of just-in-time titles; one more is answered 503. Default 8.</summary>
    [Range(1, 256)]
    public int MaxChunks { get; set; } = 8;

    /// <summary>Largest chunk that is read, and largest segment that is made. Default 256 MiB.</summary>
    [Range(1 << 10, 1 << 30)]
    public long MaxBytes { get; set; } = 256 << 20;

    /// <summary>Longest time for one chunk, reading and writing included. Default 50 s, below a gateway's usual patience of 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(50);

    /// <summary>Folder for chunks in the making; empty (default): the system's own for temporary files.</summary>
    public string WorkFolder { get; set; } = "";
}
