namespace Gateway.Adaptation;

/// <summary>What the gateway may do about a session's quality; each can be switched by itself (<see cref="AdaptationOptions.Levers"/>).</summary>
[Flags]
internal enum AdaptationLevers
{
    None = 0,

    /// <summary><c>cmsd</c>: the suggested maximum bitrate <c>mb</c> (CTA-5006) on media answers.</summary>
    Cmsd = 1,

    /// <summary><c>throughput</c>: the estimated throughput <c>etp</c>, at start-up only.</summary>
    Throughput = 2,

    /// <summary><c>start</c>: order of the ladder, OperatingBandwidth and CMCD in the MPD, from the prior.</summary>
    Start = 4,

    /// <summary><c>pacing</c>: bodies no faster than keeps the player on the rung that suits it.</summary>
    Pacing = 8,

    /// <summary><c>auto</c>: the rendition whose rung the gateway chooses for each segment.</summary>
    Auto = 16,

    /// <summary><c>errors</c>: a lower rung after segment errors.</summary>
    Errors = 32,

    All = Cmsd | Throughput | Start | Pacing | Auto | Errors,
}
