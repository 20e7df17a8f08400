using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <summary>One rung, whatever happens, and 30 s of buffer: what a title would be like without adaptation.</summary>
/// <param name="rung">From the lowest, 0.</param>
/// <param name="bufferSeconds">Another buffer; null = 30 s.</param>
internal sealed class FixedRules(int rung, double? bufferSeconds = null) : PlayerRules
{
    private const double BufferSeconds = 30;

    private double? _estimate;

    public override double? Estimate => _estimate;

    public override int Choose(TrackLoader loader) => Math.Min(rung, loader.Rungs.Length - 1);

    public override double Wait(TrackLoader loader, Rung chosen) => loader.Ahead - (bufferSeconds ?? BufferSeconds) + (loader.Loading?.Duration ?? 0);

    public override void Loaded(TrackLoader loader, MediaSegment segment, Rung loaded, Transfer transfer)
    {
        var seconds = (transfer.EndedAt!.Value - transfer.SentAt).TotalSeconds;
        if (seconds > 0) _estimate = transfer.Received * 8 / seconds;
    }
}
