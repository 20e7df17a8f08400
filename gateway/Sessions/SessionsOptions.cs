using System.ComponentModel.DataAnnotations;

namespace Gateway.Sessions;

/// <summary>
/// Knobs of the section <c>Gateway:Sessions</c>. A session ends when nothing was heard of it for <see cref="IdleTimeout"/>, and in any
/// case when its ticket reaches its hard limit.
/// </summary>
internal sealed class SessionsOptions
{
    /// <summary>A session that asked for nothing for so long is ended.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How often idle sessions are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Sessions held at once; beyond it new ones are refused with 503, and those that play are not touched.</summary>
    [Range(1, 10_000_000)]
    public int MaxSessions { get; set; } = 200_000;
}
