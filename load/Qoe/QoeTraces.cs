using Gateway.Load.Links;

namespace Gateway.Load.Qoe;

/// <summary>Which pieces of which traces are played.</summary>
internal static class QoeTraces
{
    /// <param name="folder">Of traces.</param>
    /// <param name="part"><c>all</c>; <c>tune</c> or <c>prove</c> for every other trace by name.</param>
    /// <param name="offsets">Beginnings in each, evenly apart.</param>
    /// <param name="roundTrip">Of all lines.</param>
    public static IReadOnlyList<QoeSession> Sessions(string folder, string part, int offsets, TimeSpan roundTrip)
    {
        var traces = RateTrace.LoadFolder(folder);
        var sessions = new List<QoeSession>();
        for (var t = 0; t < traces.Length; t++)
        {
            if ((part == "tune" && t % 2 == 1) || (part == "prove" && t % 2 == 0)) continue;
            for (var i = 0; i < offsets; i++) sessions.Add(new QoeSession(traces[t], TimeSpan.FromSeconds(Math.Floor(traces[t].Length * i / offsets)), roundTrip));
        }

        return sessions;
    }
}
