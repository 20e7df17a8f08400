using System.Collections.Immutable;
using Gateway.Load.Links;

namespace Gateway.Load.Players;

/// <summary>What one player is to do; the same plan gives the same player.</summary>
internal sealed record PlayerPlan
{
    /// <summary>Ordinal in the run, from 0.</summary>
    public required int Index { get; init; }

    public string Scenario { get; init; } = "";

    /// <summary>Origin of the target: <c>http://host:port</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Path of the manifest: <c>/play/demo/master.m3u8</c>. Its extension tells HLS from DASH.</summary>
    public required string Title { get; init; }

    public RuleSet Rules { get; init; } = RuleSet.HlsJs;

    /// <summary>Rung of <see cref="RuleSet.Fixed"/>, counted from the lowest; beyond the last is the last.</summary>
    public int FixedRung { get; init; }

    /// <summary>
    /// Most seconds of media that are held: of hls.js its maxMaxBufferLength, of dash.js that of its top rung, of <see cref="RuleSet.Fixed"/> its buffer; null = what is stock. The others' own buffers stay.
    /// </summary>
    public double? BufferSeconds { get; init; }

    /// <summary>The page switched CMSD on where it is off by default (dash.js).</summary>
    public bool ObeysCmsd { get; init; }

    /// <summary>What the browser's Network Information API tells of the line, kbit/s; shaka begins with it. Null = the browser has no such API.</summary>
    public int? DownlinkKbps { get; init; }

    /// <summary>When it was to begin by the arrival schedule. A start that comes later is the tester's lateness and counts for the viewer.</summary>
    public TimeSpan IntendedStart { get; init; }

    /// <summary>How long the viewer stays, from the start on; a title that ends before ends the player too.</summary>
    public TimeSpan Stay { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Where the viewer begins; null = where the title does.</summary>
    public TimeSpan? StartAt { get; init; }

    /// <summary>Deeds in the order of their moments.</summary>
    public ImmutableArray<ViewerAction> Actions { get; init; } = [];

    /// <summary>Seed of all that is random about it.</summary>
    public int Seed { get; init; }

    /// <summary>Sends CMCD version 1 with each request.</summary>
    public bool Cmcd { get; init; } = true;

    /// <summary>Sends events and heartbeats as the player page does; needs a gateway.</summary>
    public bool Reports { get; init; }

    /// <summary>How often a heartbeat is sent; null for never; the player page sends one every 15 s. Needs a gateway.</summary>
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>Bearer token for the first request; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>What the titles hold, to be compared with what comes; null = not known.</summary>
    public IKnownTitles? Known { get; init; }
}
