using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;

namespace Gateway.Tests.Load.Players;

/// <summary>A player before a made-up title, and all that was seen of it.</summary>
internal sealed class Stage : IPlayerObserver
{
    public TitleShape Shape { get; init; } = new() { Rungs = [new(500, 234), new(1000, 360), new(2000, 540), new(4000, 720)], AudioKbps = 64, Segments = 60, Spread = 0, PeakFactor = 1 };

    public LinkOptions Link { get; init; } = new() { Trace = RateTrace.Constant(20_000) };

    public RuleSet Rules { get; init; } = RuleSet.Throughput;

    public PlayerPlan Plan { get; init; } = new() { Index = 3, Target = VirtualRun.Target, Title = "", Stay = TimeSpan.FromMinutes(30), Cmcd = false };

    /// <summary>Stands in front of the title.</summary>
    public Func<IVirtualServer, IVirtualServer> Front { get; init; } = title => title;

    public bool IsDash { get; init; }

    public List<SegmentLoad> Loads { get; } = [];

    public List<(PlayerPhase To, TimeSpan At)> Phases { get; } = [];

    public List<Transfer> Exchanges { get; } = [];

    public IEnumerable<SegmentLoad> Video => Loads.Where(l => l.IsVideo && l.Kind != TransferKind.Init);

    public PlayerResult Play()
    {
        var title = new SyntheticTitle(Shape);
        var plan = Plan with { Rules = Rules, Title = IsDash ? title.Dash : title.Hls };
        return VirtualRun.Play(plan, Front(title), Link, observer: this);
    }

    public void PhaseChanged(int player, PlayerPhase from, PlayerPhase to, TimeSpan at) => Phases.Add((to, at));

    public void SegmentLoaded(in SegmentLoad load) => Loads.Add(load);

    public void Exchanged(int player, Transfer transfer) => Exchanges.Add(transfer);

    public void Finished(PlayerResult result)
    {
    }
}
