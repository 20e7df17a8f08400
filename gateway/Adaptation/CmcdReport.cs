namespace Gateway.Adaptation;

/// <summary>
/// The Common Media Client Data of one request: CTA-5004 version 1 and the same keys of version 2.
/// A key that is absent or not usable is null. Everything here is a claim of the client.
/// </summary>
internal sealed record CmcdReport
{
    /// <summary><c>sid</c>: the player's own id of the session; at most 64 characters.</summary>
    public string? SessionId { get; init; }

    /// <summary><c>bl</c>: media in the buffer, milliseconds.</summary>
    public int? BufferMs { get; init; }

    /// <summary><c>dl</c>: time until this response is needed, milliseconds.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary><c>br</c>: encoded bitrate of the object asked for, kbit/s.</summary>
    public int? BitrateKbps { get; init; }

    /// <summary><c>tb</c>: highest bitrate that the player may choose, kbit/s.</summary>
    public int? TopBitrateKbps { get; init; }

    /// <summary><c>d</c>: duration of the object asked for, milliseconds.</summary>
    public int? DurationMs { get; init; }

    /// <summary><c>mtp</c>: throughput as the player measured it, kbit/s.</summary>
    public int? ThroughputKbps { get; init; }

    /// <summary><c>nor</c>: the next objects that the player will request; one in version 1.</summary>
    public IReadOnlyList<NextObject> Next { get; init; } = [];

    /// <summary><c>nrr</c> (version 1): <c>first-last</c> of the object in <c>nor</c>, or of the one asked for where that is missing.</summary>
    public string? NextRange { get; init; }

    /// <summary><c>ot</c>: v, a, av, i, m, c, tt, k or o.</summary>
    public string? ObjectType { get; init; }

    /// <summary><c>sf</c>: d (DASH), h (HLS), s or o.</summary>
    public string? StreamingFormat { get; init; }

    /// <summary><c>sta</c> (version 2): s starting, p playing, k seeking, r rebuffering, a paused, w waiting, e ended, f fatal, q quit, d preload.</summary>
    public string? State { get; init; }

    /// <summary><c>pr</c>: playback rate; absent means 1, 0 means not playing.</summary>
    public double PlaybackRate { get; init; } = 1;

    /// <summary><c>bs</c>: the buffer ran empty since the last report.</summary>
    public bool BufferStarved { get; init; }

    /// <summary><c>su</c>: needed urgently, to start, to seek or to recover.</summary>
    public bool Startup { get; init; }

    /// <summary>The player reports that it does not play and will not by itself: paused, ended, given up or left.</summary>
    public bool IsAtRest => State is "a" or "e" or "f" or "q" || (State is null && PlaybackRate == 0 && !Startup);

    /// <summary>
    /// How long the requested object may take before playback stalls: the deadline, else the buffer at the playback rate; zero when the object is needed at once,
    /// null when the player does not tell.
    /// </summary>
    public TimeSpan? Patience =>
        Startup || BufferStarved || State is "r" or "k" ? TimeSpan.Zero
        : DeadlineMs is { } deadline ? TimeSpan.FromMilliseconds(Math.Max(0, deadline))
        : BufferMs is { } buffer ? TimeSpan.FromMilliseconds(Math.Max(0, buffer) / Math.Clamp(PlaybackRate, 0.25, 16))
        : null;
}
