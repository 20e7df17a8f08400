using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <summary>The plain rule that others are measured against: the highest rung below 0.8 of the harmonic mean of the last five video segments, and 30 s of buffer.</summary>
internal sealed class ThroughputRules : PlayerRules
{
    private const int Window = 5;
    private const double Safety = 0.8;
    private const double BufferSeconds = 30;

    private readonly double[] _samples = new double[Window];
    private int _count;

    public override double? Estimate
    {
        get
        {
            var known = Math.Min(_count, Window);
            if (known == 0) return null;
            var sum = 0.0;
            for (var i = 0; i < known; i++) sum += 1 / _samples[i];
            return known / sum;
        }
    }

    public override int Choose(TrackLoader loader)
    {
        var budget = (Estimate ?? 0) * Safety;
        var rung = 0;
        while (rung + 1 < loader.Rungs.Length && loader.Rungs[rung + 1].Bandwidth <= budget) rung++;
        return rung;
    }

    public override double Wait(TrackLoader loader, Rung rung) => loader.Ahead - BufferSeconds;

    public override void Loaded(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        var seconds = (transfer.EndedAt!.Value - transfer.SentAt).TotalSeconds;
        if (!loader.IsVideo || segment.Duration <= 0 || seconds <= 0) return;
        _samples[_count++ % Window] = transfer.Received * 8 / seconds;
    }
}
