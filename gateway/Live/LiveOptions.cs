using System.ComponentModel.DataAnnotations;
using Gateway.Configuration;
using Gateway.Live.Timeline;

namespace Gateway.Live;

/// <summary>
/// Section <c>Gateway:Live</c>: live sessions, whose chunks are uploaded, made into segments by the transcoder (<c>Gateway:Transcoder:Url</c>, which reaches this gateway at
/// <c>Gateway:Transcoder:SourceBaseUrl</c>) and listed in a playlist that grows. Objects lie in <see cref="Folder"/>, or in an S3 bucket; journals in the folder, or in the shared store.
/// </summary>
internal sealed class LiveOptions : IValidatableObject
{
    /// <summary>Turns live ingest on. While it is off, nothing can be created, uploaded or watched. Also as <c>STREAMING_ENABLED</c>.</summary>
    public bool Enabled { get; set; }

    /// <summary>Accounts that alone may create sessions, each as the subject of its credential, or as issuer, a space, and subject. Empty: everybody with a good credential.</summary>
    public string[] InternalAccounts { get; set; } = [];

    /// <summary>Folder of chunks, segments and journals, and of uploads under way; relative to the working directory. Also as <c>live</c> below
    /// <c>SEGMENTED_STREAMING_CACHE_PATH</c>, else below <c>TRANSCODE_CACHE_PATH</c>.</summary>
    public string Folder { get; set; } = "live";

    /// <summary>Target duration of playlists in whole seconds; no chunk may last half a second longer. A create may name another one.</summary>
    [Range(1, 60)]
    public int TargetDuration { get; set; } = 5;

    /// <summary>How long a chunk is waited for after a later one has come; then it is listed as a gap. Three chunks.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan GapAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long nothing may be uploaded before a session is ended.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after its end a session takes late chunks: they are stored, and fill a gap that is not listed yet.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan LateUploads { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest chunk, bytes.</summary>
    [Range(1024, 1L << 30)]
    public long MaxChunkBytes { get; set; } = 64 << 20;

    /// <summary>Most bytes that one session may upload in all; then it takes no more chunks. A day of 6 Mbit/s.</summary>
    [Range(1024, 1L << 50)]
    public long MaxSessionBytes { get; set; } = 64L << 30;

    /// <summary>Most bytes of chunks and segments that may lie in the store, and of this gateway's uploads that are under way or broke off; chunks are told to come again until there is room. Measured each five minutes; what this gateway writes in between is added.</summary>
    [Range(1024, 1L << 60)]
    public long MaxBytes { get; set; } = 1L << 40;

    /// <summary>Least free space, bytes, of the volume on which <see cref="Folder"/> lies: chunks are told to come again before it is fuller. It is room for the segments and records of what was confirmed. Four chunks of the largest size; 0: until it is full.</summary>
    [Range(0, 1L << 60)]
    public long MinFreeBytes { get; set; } = 256 << 20;

    /// <summary>How far a chunk's index may lie beyond the first one that is not listed yet; a farther one is refused, since each index in between becomes a gap of the playlist. 1000: longer than <see cref="IdleTimeout"/> in chunks of a second.</summary>
    [Range(1, 100_000)]
    public int MaxAhead { get; set; } = 1000;

    /// <summary>Most uploads of one session that may be under way at a time.</summary>
    [Range(1, 1000)]
    public int UploadsPerSession { get; set; } = 8;

    /// <summary>Most that one upload may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan UploadTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an upload token is good; it is renewed while the session is open.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Most sessions that are open at a time.</summary>
    [Range(1, 100_000)]
    public int MaxSessions { get; set; } = 1000;

    /// <summary>Most chunks of one session that wait for the transcoder; further uploads are told to come again.</summary>
    [Range(1, 10_000)]
    public int QueuePerSession { get; set; } = 8;

    /// <summary>Most chunks that wait in all.</summary>
    [Range(1, 100_000)]
    public int QueueInAll { get; set; } = 64;

    /// <summary>Chunks of one session that are made at a time.</summary>
    [Range(1, 100)]
    public int WorkPerSession { get; set; } = 2;

    /// <summary>Chunks that are made at a time in all; titles made just in time have places of their own.</summary>
    [Range(1, 1000)]
    public int WorkInAll { get; set; } = 8;

    /// <summary>How long the transcoder may take for a chunk.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Retries of a chunk that the transcoder fails to make; one that it refuses is not tried again.</summary>
    [Range(0, 20)]
    public int Retries { get; set; } = 3;

    /// <summary>Wait before a retry: so much for each try before it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a chunk waits for a transcoder that cannot be reached, or has no room; then it is given up.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TranscoderPatience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long uploaded chunks are kept after the session's playlist has its end.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan KeepInput { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long segments are kept after the playlist has its end; longer while somebody watches.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan KeepOutput { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long it is remembered that there was a session.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan KeepRecord { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Bucket of an S3-compatible store for chunks and segments; empty: <see cref="Folder"/>.</summary>
    public string S3Bucket { get; set; } = "";

    /// <summary>Address of that store, such as <c>http://10.0.0.7:9000</c>; empty: Amazon's own by <see cref="S3Region"/>.</summary>
    public string S3Endpoint { get; set; } = "";

    /// <summary>Its region.</summary>
    [RegularExpression("[a-z0-9-]{1,64}")]
    public string S3Region { get; set; } = "us-east-1";

    /// <summary>Access key; empty: the environment's or the machine's own, as the AWS SDK finds it.</summary>
    [Secret]
    public string S3AccessKey { get; set; } = "";

    /// <summary>Secret key.</summary>
    [Secret]
    public string S3SecretKey { get; set; } = "";

    /// <summary>File with <see cref="S3SecretKey"/>.</summary>
    public string S3SecretKeyFile { get; set; } = "";

    /// <summary>What is put before every key, such as <c>gateway/</c>.</summary>
    public string S3Prefix { get; set; } = "";

    /// <summary>The rules of a session that is created now.</summary>
    /// <param name="target">Target duration, seconds; null for <see cref="TargetDuration"/>.</param>
    /// <param name="window">Length of a sliding window; zero for none.</param>
    public TimelineOptions For(int? target, TimeSpan window) => new(target ?? TargetDuration, GapAfter, IdleTimeout, window);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Enabled && Folder.Length == 0) yield return new ValidationResult("Folder is empty. Name a folder that this process owns.");
        if (S3Endpoint.Length > 0 && !(Uri.TryCreate(S3Endpoint, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query.Length == 0))
            yield return new ValidationResult("S3Endpoint is no address. Write one such as http://10.0.0.7:9000, or nothing for Amazon's own.");
        if ((S3AccessKey.Length > 0) != (S3SecretKey.Length > 0)) yield return new ValidationResult("S3AccessKey and S3SecretKey belong together: set both, or none.");
        if (S3Prefix.Length > 0 && (!S3Prefix.EndsWith('/') || S3Prefix.StartsWith('/') || S3Prefix.Contains("..", StringComparison.Ordinal))) yield return new ValidationResult($"S3Prefix is '{S3Prefix}'. Write a folder such as gateway/, or nothing.");
        if (MaxChunkBytes > MaxSessionBytes || MaxSessionBytes > MaxBytes) yield return new ValidationResult("MaxChunkBytes, MaxSessionBytes and MaxBytes have to be in this order: a chunk fits into a session, and a session into the store.");
        if (QueuePerSession > QueueInAll) yield return new ValidationResult("QueuePerSession is above QueueInAll.");
    }
}
