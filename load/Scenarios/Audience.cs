using System.Collections.Immutable;
using Gateway.Load.Players;

namespace Gateway.Load.Scenarios;

/// <summary>
/// Who watches in a scenario, and how: from it and the seed each player's plan is drawn. All times are seconds, so that a JSON file reads like a sentence.
/// </summary>
internal sealed record Audience
{
    /// <summary>Manifest paths at the target, the most popular first: <c>/play/demo/master.m3u8</c>.</summary>
    public required ImmutableArray<string> Titles { get; init; }

    /// <summary>Exponent of Zipf's law over <see cref="Titles"/>; 0 = all alike.</summary>
    public double Zipf { get; init; } = 0.8;

    /// <summary>Weights of players. Those that cannot play a title (hls.js a MPD, dash.js a playlist) are left out for it.</summary>
    public ImmutableDictionary<RuleSet, double> Rules { get; init; } = ImmutableDictionary<RuleSet, double>.Empty
        .Add(RuleSet.HlsJs, 6).Add(RuleSet.DashJs, 2).Add(RuleSet.Shaka, 2);

    /// <summary>Mean stay; how long each stays is drawn exponentially, and not below <see cref="ShortestStaySeconds"/>.</summary>
    public double MeanStaySeconds { get; init; } = 600;

    /// <summary>Equal to <see cref="MeanStaySeconds"/>, all stay that long.</summary>
    public double ShortestStaySeconds { get; init; } = 10;

    /// <summary>Seeks within the title, in an hour of watching.</summary>
    public double SeeksPerHour { get; init; }

    /// <summary>How far into a title seeks go, at most.</summary>
    public double SeekRangeSeconds { get; init; } = 60;

    /// <summary>Changes to another of <see cref="Titles"/>, in an hour of watching.</summary>
    public double ZapsPerHour { get; init; }

    /// <summary>Pauses in an hour of watching, each of <see cref="PauseSeconds"/>.</summary>
    public double PausesPerHour { get; init; }

    public double PauseSeconds { get; init; } = 30;

    /// <summary>Share that closes the page without a word at the end of the stay, 0 to 1; the others leave properly.</summary>
    public double AbandonShare { get; init; } = 0.3;

    /// <summary>Share that goes on in a second session half-way, as on another device.</summary>
    public double HandOverShare { get; init; }

    /// <summary>Whether heartbeats and events are sent as the player page does; needs a gateway.</summary>
    public bool Reports { get; init; } = true;

    /// <summary>Whether requests carry CMCD.</summary>
    public bool Cmcd { get; init; } = true;

    /// <summary>Rung of fixed players, from the lowest.</summary>
    public int FixedRung { get; init; }

    /// <summary>The lines of the viewers; null = as fast as the machine is.</summary>
    public LinkChoice? Links { get; init; }
}
