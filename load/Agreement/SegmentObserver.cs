using Gateway.Load.Links;
using Gateway.Load.Players;

namespace Gateway.Load.Agreement;

/// <summary>Keeps what a virtual player loaded.</summary>
internal sealed class SegmentObserver : IPlayerObserver
{
    public Dictionary<int, (int Rung, int EndedMs)> Segments { get; } = [];

    public List<RecordedLoad> Loads { get; } = [];

    public void SegmentLoaded(in SegmentLoad load)
    {
        if (load.Kind != TransferKind.Segment) return;
        var began = load.BeganAt ?? load.EndedAt;
        var path = $"{(load.IsVideo ? $"v{load.Rung}" : "a")}/seg_{load.Sequence:00000}.m4s";
        Loads.Add(new RecordedLoad(path, (int)load.SentAt.TotalMilliseconds, (int)began.TotalMilliseconds, (int)load.EndedAt.TotalMilliseconds, load.Bytes));
        if (load is { IsVideo: true, End: TransferEnd.Complete }) Segments[(int)load.Sequence] = (load.Rung, (int)load.EndedAt.TotalMilliseconds);
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
