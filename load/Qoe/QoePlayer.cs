using System.Collections.Immutable;
using Gateway.Adaptation.Players;
using Gateway.Load.Players;

namespace Gateway.Load.Qoe;

/// <summary>A kind of player that is judged: its rules, what it plays, and how much it holds.</summary>
/// <param name="Name">As the command line and reports have it.</param>
/// <param name="Rules">Whose adaptation it has.</param>
/// <param name="IsDash">It plays the MPD.</param>
/// <param name="FloorSeconds">The buffer of a player that holds as much and always plays the lowest rung.</param>
internal sealed record QoePlayer(string Name, RuleSet Rules, bool IsDash, double FloorSeconds)
{
    /// <summary>See <see cref="PlayerPlan.BufferSeconds"/>.</summary>
    public double? BufferSeconds { get; init; }

    /// <summary>As which the gateway treats it.</summary>
    public PlayerClass Class { get; init; }

    /// <summary>Rung of <see cref="RuleSet.Fixed"/>.</summary>
    public int FixedRung { get; init; }

    /// <summary>Chromium's first downlink on an unknown line, which shaka begins with, kbit/s.</summary>
    public int? DownlinkKbps { get; init; }

    /// <summary>CMSD is switched on by the page (dash.js).</summary>
    public bool ObeysCmsd { get; init; }

    /// <summary>All that the command line knows; <c>hlsjs30</c> is hls.js with its buffer limited to 30 s, <c>dashjs-cmsd</c> dash.js with CMSD switched on.</summary>
    public static ImmutableArray<QoePlayer> All { get; } =
    [
        new("hlsjs", RuleSet.HlsJs, false, 600) { Class = PlayerClass.HlsJs },
        new("hlsjs30", RuleSet.HlsJs, false, 30) { Class = PlayerClass.HlsJs, BufferSeconds = 30 },
        new("dashjs", RuleSet.DashJs, true, 18) { Class = PlayerClass.DashJs },
        new("dashjs-cmsd", RuleSet.DashJs, true, 18) { Class = PlayerClass.DashJs, ObeysCmsd = true },
        new("shaka", RuleSet.Shaka, true, 10) { Class = PlayerClass.Shaka, DownlinkKbps = 1450 },
        new("throughput", RuleSet.Throughput, false, 30),
        new("bola", RuleSet.Bola, false, 30),
        new("fixed", RuleSet.Fixed, false, 30) { Class = PlayerClass.NoAdaptation },
    ];
}
