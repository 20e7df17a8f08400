using System.Collections.Immutable;
using Gateway.Load.Links.Virtual;

namespace Gateway.Load.Scenarios.ReadyMade;

/// <summary>The titles of a made-up origin, and their paths at a gateway in front of it.</summary>
internal static class SyntheticCatalog
{
    private const int FilmCount = 50;
    private const int ChannelCount = 10;

    /// <summary>Three rungs that a machine can carry many times; muxed, as most channels are.</summary>
    private static readonly ImmutableArray<RungShape> s_rungs = [new(300, 270), new(800, 360), new(1500, 540)];

    /// <summary>Films of twenty minutes, the most popular first; every third is played by its MPD.</summary>
    public static ImmutableArray<string> Films { get; } = [.. Enumerable.Range(0, FilmCount).Select(static i => $"/play/film-{i:00}/{(i % 3 == 2 ? "manifest.mpd" : "master.m3u8")}")];

    /// <summary>Channels that have always been on.</summary>
    public static ImmutableArray<string> Channels { get; } = [.. Enumerable.Range(0, ChannelCount).Select(static i => $"/play/channel-{i}/master.m3u8")];

    /// <summary>A film with one rung of 300 kbit/s, in segments of four seconds.</summary>
    public static string Lean => "/play/lean/master.m3u8";

    public static IEnumerable<TitleShape> Shapes
    {
        get
        {
            for (var i = 0; i < FilmCount; i++)
                yield return new TitleShape { Name = $"film-{i:00}", Rungs = s_rungs, AudioKbps = 0, SegmentSeconds = 4, Segments = 300, Seed = i + 1 };
            for (var i = 0; i < ChannelCount; i++)
                yield return new TitleShape { Name = $"channel-{i}", Rungs = s_rungs, AudioKbps = 0, SegmentSeconds = 2, Segments = 300, IsLive = true, Seed = 100 + i };
            yield return new TitleShape { Name = "lean", Rungs = [new RungShape(300, 270)], AudioKbps = 0, SegmentSeconds = 4, Segments = 900, Seed = 200 };
        }
    }
}
