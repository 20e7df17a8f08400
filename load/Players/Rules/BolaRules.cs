using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <summary>
/// BOLA-BASIC (Spiteri, Urgaonkar, Sitaraman: BOLA, INFOCOM 2016, §IV): the rung that maximises (V·utility + V·γp − buffer) / size, with logarithmic utilities; V and γp follow
/// from a lowest and a highest buffer level as in the paper's §V-C.
/// </summary>
internal sealed class BolaRules : PlayerRules
{
    private const double LowSeconds = 10;
    private const double HighSeconds = 30;

    private double[] _utilities = [];
    private double _gain;
    private double _control;
    private double? _estimate;

    public override double? Estimate => _estimate;

    public override void Opened()
    {
        var rungs = Player.Video!.Rungs;
        _utilities = [.. rungs.Select(r => Math.Log((double)Math.Max(r.Bandwidth, 1) / Math.Max(rungs[0].Bandwidth, 1)))];

        // At LowSeconds the lowest rung and the one above it are worth the same; at HighSeconds the top one is worth nothing more.
        var top = _utilities[^1];
        var crossing = rungs.Length < 2 ? 1 : rungs[0].Bandwidth * _utilities[1] / Math.Max(rungs[1].Bandwidth - rungs[0].Bandwidth, 1);
        _gain = ((LowSeconds * top) + (HighSeconds * crossing)) / (HighSeconds - LowSeconds);
        _control = HighSeconds / (top + _gain);
    }

    public override int Choose(TrackLoader loader)
    {
        if (!loader.IsVideo) return 0;
        var level = loader.Ahead;
        var best = 0;
        var score = double.NegativeInfinity;
        for (var rung = 0; rung < loader.Rungs.Length; rung++)
        {
            var candidate = ((_control * (_utilities[rung] + _gain)) - level) / loader.Rungs[rung].Bandwidth;
            if (candidate <= score) continue;
            score = candidate;
            best = rung;
        }

        return best;
    }

    public override double Wait(TrackLoader loader, Rung rung) => loader.Ahead - HighSeconds;

    public override void Loaded(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
        var seconds = (transfer.EndedAt!.Value - transfer.SentAt).TotalSeconds;
        if (loader.IsVideo && seconds > 0) _estimate = transfer.Received * 8 / seconds;
    }
}
