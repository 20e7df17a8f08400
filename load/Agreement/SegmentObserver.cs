using Gateway.Load.Links;
using Gateway.Load.Players;

namespace Gateway.Load.Agreement;

/// <summary>Keeps the rung of each video segment that a virtual player has loaded.</summary>
internal sealed class SegmentObserver : IPlayerObserver
{
    public Dictionary<int, (int Rung, int EndedMs)> Segments { get; } = [];

    public void SegmentLoaded(in SegmentLoad load)
    {
        if (load is { IsVideo: true, Kind: TransferKind.Segment, End: TransferEnd.Complete }) Segments[(int)load.Sequence] = (load.Rung, (int)load.EndedAt.TotalMilliseconds);
    }

    public void PhaseChanged(int player, PlayerPhase from, PlayerPhase to, TimeSpan at)
    {
    }

    public void Exchanged(int player, Transfer transfer)
    {
    }

    public void Finished(PlayerResult result)
    {
    }
}
