using System.Text;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Timelines;

namespace Gateway.Tests.Manifests.Dash.Presentation;

/// <summary>Reads MPDs as they came from <see cref="DashBench.Upstream"/>.</summary>
internal static class Presentations
{
    /// <summary>When they were asked for.</summary>
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Paths of all entries below the MPD's directory, without that of advertisements.</summary>
    public static string[] Names(MediaTimeline timeline) =>
        [.. Enumerable.Range(0, timeline.Count).Select(i => timeline[i].Address.Path.Replace("/titles/demo/", "", StringComparison.Ordinal).Replace("ad/", "", StringComparison.Ordinal))];

    /// <summary>The timeline of an MPD with one AdaptationSet in one Period.</summary>
    public static DashTimeline Single(string mpd, string set, string period = "") => Assert.Single(Read(mpd, set, "", period).Timelines);

    public static DashPresentation Read(string mpd, string set, string inPeriod = "", string period = "") =>
        Read($"<MPD {mpd}><Period {period}>{inPeriod}<AdaptationSet>{set}</AdaptationSet></Period></MPD>");

    public static DashPresentation Read(string document)
    {
        var presentation = DashReader.Read(Encoding.UTF8.GetBytes(document), DashBench.Upstreams, "origin", new Uri(DashBench.Upstream), Now);
        Assert.NotNull(presentation);
        return presentation;
    }
}
