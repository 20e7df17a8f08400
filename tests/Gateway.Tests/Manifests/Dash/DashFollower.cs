using System.Text;
using System.Text.RegularExpressions;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Timelines;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>Walks through the timelines of an MPD and checks what must hold for any.</summary>
internal static partial class DashFollower
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static DashPresentation? Walk(byte[] document)
    {
        var presentation = DashReader.Read(document, DashJudge.Hosting(document), "origin", new Uri(DashBench.Upstream), Now);
        if (presentation is null) return null;

        // "$Number$$Time$" can be written, but not read back by anybody.
        var isReadable = !AdjacentHoles().IsMatch(Encoding.Latin1.GetString(document));
        foreach (var timeline in presentation.Timelines)
        {
            Assert.True(timeline.Count >= 0);
            Assert.InRange(timeline.StartIndex, timeline.Count == 0 ? -1 : 0, timeline.Count - 1);
            for (var i = 0; i < timeline.Count; i = Step(i, timeline.Count)) Check(timeline, i, isReadable);
            if (timeline.Count > 0) Check(timeline, timeline.Count - 1, isReadable);
        }

        return presentation;
    }

    private static void Check(DashTimeline timeline, int index, bool isReadable)
    {
        var entry = timeline[index];
        Assert.Equal(index + 1 < timeline.Count ? index + 1 : -1, timeline.Next(index));
        Assert.InRange(timeline.IndexAt(entry.Start), 0, timeline.Count - 1);
        if (entry.Flags.HasFlag(EntryFlags.Foreign)) return;
        Assert.StartsWith("/", entry.Address.Path, StringComparison.Ordinal);

        // Two entries may share an address: a template without a hole, a Period that is played twice. What is found must at least lie there.
        var isFound = timeline.TryFind(entry.Address, entry.Range, out var found);
        Assert.True(isFound || !isReadable);
        if (isFound) Assert.Equal(entry.Address, timeline[found].Address);
        Span<TimelineEntry> next = new TimelineEntry[9];
        Assert.InRange(timeline.Following(index, 3, next), 0, 9);
    }

    [GeneratedRegex(@"\$(Number|Time|SubNumber)[^$]{0,9}\$\$(Number|Time|SubNumber)", RegexOptions.ExplicitCapture)]
    private static partial Regex AdjacentHoles();

    private static int Step(int i, int count) => i < 20 || count < 1000 ? i + 1 : i + (count / 50);
}
