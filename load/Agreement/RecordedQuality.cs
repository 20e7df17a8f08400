using System.Globalization;

namespace Gateway.Load.Agreement;

/// <summary>What a recording says of quality and of the line.</summary>
/// <param name="Kbps">Mean bitrate of the picture's segments that came whole.</param>
/// <param name="Switches">How often the rung changed from one of them to the next.</param>
/// <param name="PeakKbps">Most that came within a second after the player had filled its buffer, each body spread evenly over its time.</param>
/// <param name="AboveSuggestion">Segments asked for in a rung above all that was told around that time.</param>
internal sealed record RecordedQuality(double Kbps, int Switches, double PeakKbps, int AboveSuggestion)
{
    /// <summary>shaka leaves so much time between two switches, and what is under way is finished.</summary>
    private const int Before = 10_000;

    /// <summary>In so many milliseconds a player has filled its buffer on a line that has peaks at all.</summary>
    private const int Filling = 30_000;

    /// <summary>An answer that is given up counts from its head on, and is not seen here.</summary>
    private const int After = 5000;

    public static RecordedQuality Of(Recording recording)
    {
        var picture = recording.Loads.Where(static l => l.Path[0] == 'v' && l.Path.Contains("/seg_", StringComparison.Ordinal)).ToArray();
        var rungs = picture.Where(static l => l.Bytes == AgreementTitle.BytesOf(l.Path))
            .GroupBy(static l => l.Path[3..], StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => RungOf(g.MaxBy(static l => l.EndedMs)!)).ToArray();
        var above = picture.Count(l => HighestTold(recording, l.SentMs) < AgreementTitle.Kbps[RungOf(l)] + AgreementTitle.AudioKbps);
        return new RecordedQuality(rungs.Length == 0 ? 0 : rungs.Average(static r => AgreementTitle.Kbps[r]), rungs.Zip(rungs.Skip(1)).Count(static p => p.First != p.Second), PeakOf(recording), above);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kbps:F0} kbit/s, {Switches} switches, peak {PeakKbps:F0} kbit/s, {AboveSuggestion} above what was told");

    private static int RungOf(RecordedLoad load) => load.Path[1] - '0';

    private static int HighestTold(Recording recording, int at)
    {
        var told = recording.Suggestions;
        var inForce = told.LastOrDefault(s => s.AtMs < at - Before);
        if (inForce is null) return int.MaxValue;
        return told.Where(s => s.AtMs >= at - Before && s.AtMs <= at + After).Append(inForce).Max(static s => s.Kbps);
    }

    private static double PeakOf(Recording recording)
    {
        const int bin = 100;
        var kbits = new double[(AgreementCase.Seconds * 1000 / bin) + 1];
        foreach (var load in recording.Loads)
        {
            var from = Math.Min(load.BeganMs, load.EndedMs);
            var took = Math.Max(load.EndedMs - from, 1);
            for (var at = from; at < load.EndedMs; at = ((at / bin) + 1) * bin)
            {
                var until = Math.Min(load.EndedMs, ((at / bin) + 1) * bin);
                if (at >= 0 && at / bin < kbits.Length) kbits[at / bin] += load.Bytes * 8 / 1000.0 * (until - at) / took;
            }
        }

        var most = 0.0;
        for (var i = Filling / bin; i + 10 <= kbits.Length; i++) most = Math.Max(most, kbits.AsSpan(i, 10).ToArray().Sum());
        return most;
    }
}
