using System.ComponentModel.DataAnnotations;

namespace Gateway.Sessions;

/// <summary>
/// Knobs of the section <c>Gateway:Sessions</c>. A session ends when it was idle for <see cref="IdleTimeout"/>, and in any
/// case when its ticket reaches its hard limit. It counts as a stream of its user while media go to it, and for <see cref="StreamTimeout"/> afterwards.
/// </summary>
internal sealed class SessionsOptions
{
    /// <summary>A session without a request for this long is ended.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a session counts as playing after its last media: longer than a segment plays. A player that tells of more media in its buffer counts until that is played, up to two minutes. What is held, but not playing, is left or paused.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PlayingTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Memory for what happened to each session, which operators can read: its last 256 requests and its stalls, switches, beginning and end, about 20 KB for one that has played for some
    /// minutes, also for 15 minutes after its end. Where it is spent, histories are shorter. 0 keeps none. Default 64 MiB: the whole of 3,000 viewers, a minute of 20,000.
    /// </summary>
    [Range(0L, 1L << 36)]
    public long HistoryBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How often idle sessions are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Sessions held at once; beyond it new ones are refused with 503, and those that play are not touched.</summary>
    [Range(1, 10_000_000)]
    public int MaxSessions { get; set; } = 200_000;

    /// <summary>
    /// Share of <see cref="MaxSessions"/> that one client address (of IPv6, one /64) may hold when more than half of them are taken; a network (IPv4 /24, IPv6 /48) may hold
    /// four times as much. Refused with 503; the other half stays open to others. 0.05 are 10,000 viewers behind one address.
    /// </summary>
    [Range(0.0001, 1)]
    public double ClientShare { get; set; } = 0.05;

    /// <summary>
    /// How long a session still counts as a stream of its user after its last media. Players buffer up to a minute, so a shorter time would let a user with
    /// full buffers start one stream more.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan StreamTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>Whether <c>prewarm: true</c> fetches the first segments before it answers.</summary>
    public bool PrewarmEnabled { get; set; } = true;

    /// <summary>Segments that a session must have asked for, to count as playing, and that the player page has in its buffer before it plays, unless <see cref="MinBeforePlay"/> is reached first.</summary>
    [Range(1, 16)]
    public int MinSegmentsBeforePlay { get; set; } = 2;

    /// <summary>Media time that a session must have asked for, to count as playing, and that the player page has in its buffer before it plays, unless <see cref="MinSegmentsBeforePlay"/> is reached first.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan MinBeforePlay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Sessions that one client address may open in <see cref="CreateWindow"/>, by a create, a handoff or the first request for a URL; more are told to slow down (429). High enough for a house behind one address.</summary>
    [Range(1, 1_000_000)]
    public int CreatesPerWindow { get; set; } = 1000;

    /// <summary>Time over which <see cref="CreatesPerWindow"/> counts.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CreateWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait of a client for the database in which gateways share their sessions; then the reply says that the store is unavailable.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the gateway goes on listening after it was told to stop (SIGTERM), with readiness at 503 and no new sessions: longer than the balancer takes to
    /// notice. The host stops anyway after 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:25")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.Zero;
}
