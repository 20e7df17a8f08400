using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Qoe;

/// <summary>Plays the film once over one line, for one viewer or for several who share it.</summary>
internal static class QoeRun
{
    /// <summary>Viewers of a shared line come that far apart.</summary>
    private static readonly TimeSpan s_apart = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan s_limit = TimeSpan.FromHours(3);

    /// <param name="kind">The players.</param>
    /// <param name="setting">What stands between them and the film.</param>
    /// <param name="link">The line; of several viewers the trace is what each has if it is shared evenly.</param>
    /// <param name="library">Manifests read by runs before on the same thread.</param>
    /// <param name="viewers">How many share the line.</param>
    public static QoeOutcome[] Play(QoePlayer kind, QoeSetting setting, LinkOptions link, ManifestLibrary library, int viewers = 1)
    {
        var loop = new VirtualLoop();
        var shared = new SharedLink(loop, viewers == 1 ? link : link with { Trace = link.Trace.Scaled(viewers) });
        var all = new QoeViewer[viewers];
        for (var i = 0; i < viewers; i++) all[i] = new QoeViewer(kind, setting, loop, shared, library, s_apart * i, i);
        while (loop.Now < s_limit && !Array.TrueForAll(all, static v => v.IsOver)) loop.RunUntil(loop.Now + TimeSpan.FromMinutes(1));
        return Array.ConvertAll(all, static v => v.Outcome);
    }
}
