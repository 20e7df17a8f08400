using Gateway.Load.Links;
using Gateway.Load.Players;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Qoe;

/// <summary>One film over one piece of a line: where everything is compared with everything. Lines are dealt out to threads whole, so that nothing of it is shared.</summary>
/// <param name="trace">The line.</param>
/// <param name="offset">Where in it the film begins.</param>
/// <param name="roundTrip">Of the line.</param>
internal sealed class QoeSession(RateTrace trace, TimeSpan offset, TimeSpan roundTrip)
{
    public RateTrace Trace => trace;

    public TimeSpan Offset => offset;

    /// <summary>Group of traces: what stands before the first dash of the name.</summary>
    public string Set => trace.Name.Split('-')[0];

    public LinkOptions Link => new() { Trace = trace, Offset = offset, RoundTrip = roundTrip };

    /// <summary>Plays it by a player as it is.</summary>
    public QoeOutcome[] Play(QoePlayer kind, QoeSetting setting, ManifestLibrary library, int viewers) => QoeRun.Play(kind, setting, Link, library, viewers);

    /// <summary>A player without adaptation at a mean rate: between the two rungs beside that rate, as if a part of the viewers had the one and the rest the other.</summary>
    /// <param name="kind">The player.</param>
    /// <param name="titles">The film.</param>
    /// <param name="library">Manifests read before.</param>
    /// <param name="kbps">Mean rate that is to be equalled; beyond the ladder its end.</param>
    public QoeOutcome Fixed(QoePlayer kind, QoeTitles titles, ManifestLibrary library, double kbps)
    {
        var below = Play(kind with { FixedRung = 0 }, new QoeSetting(titles), library, 1)[0];
        for (var rung = 1; rung < titles.Ladder.Rungs.Length; rung++)
        {
            var above = Play(kind with { FixedRung = rung }, new QoeSetting(titles), library, 1)[0];
            if (above.Kbps >= kbps) return QoeOutcome.Between(below, above, above.Kbps > below.Kbps ? Math.Clamp((kbps - below.Kbps) / (above.Kbps - below.Kbps), 0, 1) : 0);
            below = above;
        }

        return below;
    }

    /// <summary>Plays it by a player to whom nothing but the lowest rung is offered, and who holds no more of it than of any other.</summary>
    public QoeOutcome[] Floor(QoePlayer kind, QoeTitles titles, ManifestLibrary library, int viewers) =>
        Play(kind with { BufferSeconds = kind.Rules == RuleSet.DashJs ? kind.FloorSeconds : kind.BufferSeconds }, new QoeSetting(titles) { IsLowest = true }, library, viewers);

    /// <summary>Seconds of stall that remain if the future is known and the mean rate is kept; never more than the player's own.</summary>
    /// <param name="kind">Whose buffer counts.</param>
    /// <param name="titles">The film.</param>
    /// <param name="alone">What the player came to.</param>
    /// <param name="floor">What it came to with the lowest rung.</param>
    /// <param name="share">Of the player's rate that is to be kept; null to leave the optimum at the floor.</param>
    public double Optimum(QoePlayer kind, QoeTitles titles, in QoeOutcome alone, in QoeOutcome floor, double? share)
    {
        var avoidable = alone.StallSeconds - floor.StallSeconds;
        if (avoidable <= 0) return alone.StallSeconds;
        if (share is not { } kept) return floor.StallSeconds;
        var ladder = titles.Ladder;
        double beside = kind.IsDash ? ladder.AudioKbps : 0;
        var optimum = new OfflineOptimum(
            new RateCurve(trace, offset),
            [.. ladder.Rungs.Select(r => r.Kbps - beside)],
            titles.Shape.Segments,
            titles.Shape.SegmentSeconds,
            (rung, n) => titles.Film.SizeOf(isVideo: true, rung, n) + (titles.Shape.AudioKbps > 0 ? titles.Film.SizeOf(isVideo: false, rung, n) : 0),
            kind.FloorSeconds,
            roundTrip.TotalSeconds);
        return floor.StallSeconds + optimum.ExtraStall(alone.Kbps * kept, avoidable);
    }
}
