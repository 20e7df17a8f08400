using Gateway.Adaptation;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Players;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Qoe;

/// <summary>
/// One viewer who watches the film to its end: when the player gives up, Play is pressed again at the same place, and the wait for the picture counts as a stall. With a policy the
/// film comes through a gateway, else straight from the origin.
/// </summary>
internal sealed class QoeViewer : IScheduled, IPlayerObserver
{
    /// <summary>A viewer who is not through after so long never will be.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(2);

    /// <summary>From the message that nothing goes on to the new Play.</summary>
    private static readonly TimeSpan s_pressing = TimeSpan.FromSeconds(2);

    private readonly QoePlayer _kind;
    private readonly QoeSetting _setting;
    private readonly EventLoop _loop;
    private readonly SharedLink _link;
    private readonly ManifestLibrary _library;
    private readonly TimeSpan _start;
    private readonly int _index;
    private readonly int[] _served;
    private Player? _player;
    private SimulatedGateway? _gateway;
    private int _restarts;
    private double _played;
    private double _kbpsSeconds;
    private double _stalled;
    private double? _startup;
    private int _switches;
    private double _switchedKbps;

    public QoeViewer(QoePlayer kind, QoeSetting setting, EventLoop loop, SharedLink link, ManifestLibrary library, TimeSpan start, int index)
    {
        (_kind, _setting, _loop, _link, _library, _start, _index) = (kind, setting, loop, link, library, start, index);
        _served = new int[setting.Titles.Shape.Segments];
        _served.AsSpan().Fill(-1);
        loop.Schedule(start, this, 0);
    }

    /// <summary>Whether the film is over.</summary>
    public bool IsOver { get; private set; }

    public QoeOutcome Outcome
    {
        get
        {
            var (kbps, switches, switched) = (_played > 0 ? _kbpsSeconds / _played : 0, _switches, _switchedKbps);
            if (_setting.IsAuto) (kbps, switches, switched) = OfAuto();
            return new QoeOutcome(_played, kbps, _stalled, _startup ?? s_longest.TotalSeconds, switches, switched, _restarts);
        }
    }

    public void Fire(long tag)
    {
        var title = _setting.IsAuto ? _setting.Titles.Auto : _setting.IsLowest ? _setting.Titles.Lowest : _setting.Titles.Film;
        IVirtualServer server = title;
        if (_setting.Policy is { } policy)
        {
            var session = new SessionAdaptation(policy, _setting.Titles.Ladder, _kind.Class);
            server = _gateway = new SimulatedGateway(_loop, _setting.Titles, session, _setting.IsAuto);
        }

        var plan = new PlayerPlan
        {
            Index = _index,
            Target = VirtualRun.Target,
            Title = _kind.IsDash ? title.Dash : title.Hls,
            Rules = _kind.Rules,
            FixedRung = _kind.FixedRung,
            BufferSeconds = _kind.BufferSeconds,
            ObeysCmsd = _kind.ObeysCmsd,
            DownlinkKbps = _kind.DownlinkKbps,
            IntendedStart = _loop.Now,
            StartAt = _player is { } before ? TimeSpan.FromSeconds(before.Position) : null,
            Stay = s_longest,
            Cmcd = _setting.Cmcd,
            Seed = _index,
        };
        _player = new Player(plan, _loop, new VirtualTransport(_loop, _link, server, plan.Seed), _library, this);
        _player.Start();
    }

    public void PhaseChanged(int player, PlayerPhase from, PlayerPhase to, TimeSpan at)
    {
    }

    public void SegmentLoaded(in SegmentLoad load)
    {
    }

    public void Exchanged(int player, Transfer transfer)
    {
    }

    public void Finished(PlayerResult result)
    {
        var seconds = result.Played.TotalSeconds;
        _played += seconds;
        _kbpsSeconds += seconds * result.MeanKbps;
        _switches += result.SwitchesUp + result.SwitchesDown;
        _switchedKbps += result.SwitchedKbps;
        _stalled += result.StallTime.TotalSeconds + result.SoundOnly.TotalSeconds;
        var waited = (result.StartUp ?? result.EndedAt - result.ActualStart).TotalSeconds;
        if (_restarts == 0) _startup = waited;
        else _stalled += waited + s_pressing.TotalSeconds;
        if (_gateway is { } gateway)
        {
            for (var i = 0; i < gateway.Served.Length; i++)
            {
                if (gateway.Served[i] >= 0) _served[i] = gateway.Served[i];
            }
        }

        if (result.LastPhase != PlayerPhase.Failed || _loop.Now - _start > s_longest)
        {
            IsOver = true;
            return;
        }

        _restarts++;
        _loop.Schedule(_loop.Now + s_pressing, this, 0);
    }

    private (double Kbps, int Switches, double SwitchedKbps) OfAuto()
    {
        var (kbps, count, switches, switched, last) = (0.0, 0, 0, 0.0, -1);
        // An MPD declares video and audio each by itself, a multivariant playlist both together.
        var beside = _kind.IsDash ? _setting.Titles.Ladder.AudioKbps : 0;
        foreach (var rung in _served)
        {
            if (rung < 0) continue;
            var rate = _setting.Titles.Ladder.Rungs[rung].Kbps - beside;
            if (last >= 0 && rung != last)
            {
                switches++;
                switched += Math.Abs(_setting.Titles.Ladder.Rungs[rung].Kbps - _setting.Titles.Ladder.Rungs[last].Kbps);
            }

            kbps += rate;
            count++;
            last = rung;
        }

        return (count == 0 ? 0 : kbps / count, switches, switched);
    }
}
