using System.Collections.Immutable;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>Leads each Representation over to the following Periods, as a player does that goes on with what it was playing.</summary>
internal static class PeriodChains
{
    /// <param name="representations">In the order of the document.</param>
    /// <param name="hasEnd">Whether the presentation is finished.</param>
    /// <param name="targetDuration">MPD@maxSegmentDuration.</param>
    /// <param name="delay">MPD@suggestedPresentationDelay.</param>
    public static ImmutableArray<DashTimeline> Of(
        List<DashRepresentation> representations, bool hasEnd, TimeSpan? targetDuration, TimeSpan? delay)
    {
        var next = new int[representations.Count];
        var isContinuation = new bool[representations.Count];
        for (var i = 0; i < representations.Count; i++)
        {
            next[i] = Successor(representations, i);
            if (next[i] >= 0) isContinuation[next[i]] = true;
        }

        var chains = ImmutableArray.CreateBuilder<DashTimeline>();
        var tracks = ImmutableArray.CreateBuilder<DashTrack>();
        for (var i = 0; i < representations.Count; i++)
        {
            if (isContinuation[i]) continue;
            for (var at = i; at >= 0; at = next[at]) tracks.Add(representations[at].Track);
            chains.Add(new DashTimeline(tracks.DrainToImmutable(), hasEnd, targetDuration, delay) { Kind = DashLadder.KindOf(representations[i].ContentType), Rung = DashLadder.RungOf(representations[i]) });
        }

        return chains.DrainToImmutable();
    }

    private static int Successor(List<DashRepresentation> all, int index)
    {
        var from = all[index];
        var best = -1;
        var bestScore = -1;
        for (var i = index + 1; i < all.Count && all[i].Period <= from.Period + 1; i++)
        {
            var candidate = all[i];
            if (candidate.Period == from.Period || candidate.ContentType != from.ContentType || candidate.IsTrickPlay != from.IsTrickPlay) continue;
            var score = Likeness(from, candidate);
            if (score < bestScore || (score == bestScore && Distance(from, candidate) >= Distance(from, all[best]))) continue;
            best = i;
            bestScore = score;
        }

        return best;
    }

    private static int Likeness(DashRepresentation a, DashRepresentation b) =>
        (a.Alternative == b.Alternative ? 16 : 0)
        + (a.Language == b.Language ? 8 : 0)
        + (a.Id.Length > 0 && a.Id == b.Id ? 4 : 0)
        + (a.SetId.Length > 0 && a.SetId == b.SetId ? 2 : 0)
        + (a.Codecs == b.Codecs ? 1 : 0);

    private static long Distance(DashRepresentation a, DashRepresentation b) => Math.Abs(a.Bandwidth - b.Bandwidth);
}
