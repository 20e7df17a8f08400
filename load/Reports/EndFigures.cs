using Gateway.Load.Players;

namespace Gateway.Load.Reports;

/// <summary>How a run ended: whether what had happened to the system was over by then, and its viewers had what they came for.</summary>
internal static class EndFigures
{
    /// <summary>Long enough for a player that is in trouble to show it.</summary>
    private static readonly TimeSpan s_end = TimeSpan.FromSeconds(10);

    public static IEnumerable<Figure> Of(Timeline timeline, TimeSpan duration)
    {
        var last = (int)Math.Ceiling((duration / timeline.Width) - 1e-6);
        var buckets = timeline.Buckets.Take(last).Skip((int)((duration - s_end) / timeline.Width)).ToArray();
        var requests = buckets.Sum(static b => b.Requests);
        if (requests > 0) yield return new Figure("end.requestsFailed", (double)buckets.Sum(static b => b.Errors) / requests, FigureUnit.Share, requests);
        var moved = buckets.Sum(static b => b.PhaseSeconds[(int)PlayerPhase.Playing]);
        var stood = buckets.Sum(static b => b.PhaseSeconds[(int)PlayerPhase.Stalled]);
        if (moved + stood > 0) yield return new Figure("end.standing", stood / (moved + stood), FigureUnit.Share, buckets.Length);
    }
}
