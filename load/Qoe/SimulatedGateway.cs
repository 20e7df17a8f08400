using System.Globalization;
using Gateway.Adaptation;
using Gateway.Adaptation.Bandwidth;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;

namespace Gateway.Load.Qoe;

/// <summary>
/// A gateway in front of a film in virtual time, as one session meets it: the adaptation of production is told of requests and of bodies as they are taken, and its decisions
/// are done to the replies.
/// </summary>
internal sealed class SimulatedGateway : IVirtualServer, IDeliveryListener, IScheduled
{
    /// <summary>How often a socket is looked at while a body runs, as in production.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly EventLoop _loop;
    private readonly QoeTitles _titles;
    private readonly bool _isAuto;
    private readonly SessionAdaptation _session;
    private readonly List<Flow> _flows = [];
    private bool _looking;
    private int _pace;

    /// <param name="loop">Whose clock counts.</param>
    /// <param name="titles">What is played.</param>
    /// <param name="session">The session's adaptation.</param>
    /// <param name="isAuto">The session plays the rendition <c>auto</c>.</param>
    public SimulatedGateway(EventLoop loop, QoeTitles titles, SessionAdaptation session, bool isAuto)
    {
        (_loop, _titles, _session, _isAuto) = (loop, titles, session, isAuto);
        Served = isAuto ? new int[titles.Shape.Segments] : [];
        Served.AsSpan().Fill(-1);
    }

    /// <summary>Of <c>auto</c>: the rung that each segment was last served in; -1 for none.</summary>
    public int[] Served { get; }

    public VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival)
    {
        var reply = (_isAuto ? _titles.Auto : _titles.Film).Answer(request, arrival);
        if (request.Kind != TransferKind.Segment || reply.Status != 200 || !TryRead(request, out var demand)) return reply;
        demand = demand with { At = _loop.Now + (arrival - _loop.UtcNow), Cmcd = request.Cmcd is { } cmcd ? CmcdReader.Read(cmcd) : null };
        var decision = _session.Demanded(demand);
        if (decision.AutoRung is { } rung)
        {
            Served[demand.Number] = rung;
            reply = reply with { Length = _titles.Film.SizeOf(isVideo: true, rung, demand.Number) };
        }

        if (demand.IsVideo) _pace = decision.PaceKbps ?? 0;
        if (decision.PaceKbps is { } pace) reply = reply with { Pace = pace * 1000.0 };
        if (decision.MaxKbps is not null || decision.ThroughputKbps is not null) reply = reply with { Fields = new ReplyFields { CmsdDynamic = Cmsd(decision) } };
        return reply;
    }

    public void Flowing(Transfer transfer)
    {
        if (transfer.Request.Kind != TransferKind.Segment || !TryRead(transfer.Request, out var demand)) return;
        _flows.Add(new Flow(transfer, demand, _loop.Now) { Pace = demand.IsVideo ? _pace : 0 });
        if (_looking) return;
        _looking = true;
        _loop.Schedule(_loop.Now + s_look, this, 0);
    }

    public void Flowed(Transfer transfer)
    {
        for (var i = 0; i < _flows.Count; i++)
        {
            if (!ReferenceEquals(_flows[i].Transfer, transfer)) continue;
            Tell(_flows[i], isLast: transfer.End == TransferEnd.Complete);
            _flows.RemoveAt(i);
            return;
        }
    }

    public void Fire(long tag)
    {
        foreach (var flow in _flows) Tell(flow, isLast: false);
        _looking = _flows.Count > 0;
        if (_looking) _loop.Schedule(_loop.Now + s_look, this, 0);
    }

    private void Tell(Flow flow, bool isLast)
    {
        var received = flow.Transfer.Received;
        _session.Delivered(new DeliverySample(received - flow.Told, flow.Since, _loop.Now) { IsLast = isLast, IsPaced = IsPaced(flow, received) }, flow.Demand);
        (flow.Told, flow.Since) = (received, _loop.Now);
    }

    /// <summary>The line carried what the pace let through.</summary>
    private bool IsPaced(Flow flow, long received) =>
        flow.Pace > 0 && (received - flow.Told) * 8 >= flow.Pace * 900.0 * (_loop.Now - flow.Since).TotalSeconds;

    private static string Cmsd(in AdaptationDecision decision) => (decision.MaxKbps, decision.ThroughputKbps) switch
    {
        ({ } most, { } throughput) => string.Create(CultureInfo.InvariantCulture, $"\"gw\";etp={throughput};mb={most}"),
        ({ } most, null) => string.Create(CultureInfo.InvariantCulture, $"\"gw\";mb={most}"),
        (_, var throughput) => string.Create(CultureInfo.InvariantCulture, $"\"gw\";etp={throughput}"),
    };

    /// <summary>Reads <c>/film/v3/17.m4s</c> and <c>/film/a/17.m4s</c>.</summary>
    private bool TryRead(in TransferRequest request, out MediaDemand demand)
    {
        demand = default;
        var path = request.Path.AsSpan();
        var file = path.LastIndexOf('/');
        var track = path[..file].LastIndexOf('/');
        if (!long.TryParse(path[(file + 1)..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        var isVideo = path[track + 1] == 'v';
        var length = TimeSpan.FromSeconds(_titles.Shape.SegmentSeconds);
        demand = new MediaDemand
        {
            At = default,
            Rung = !isVideo || _isAuto ? -1 : int.Parse(path[(track + 2)..file], CultureInfo.InvariantCulture),
            IsVideo = isVideo,
            IsAuto = isVideo && _isAuto,
            Number = number,
            Start = length * number,
            Duration = length,
        };
        return true;
    }

    private sealed class Flow(Transfer transfer, MediaDemand demand, TimeSpan since)
    {
        public Transfer Transfer => transfer;

        public MediaDemand Demand => demand;

        /// <summary>kbit/s; 0 = none.</summary>
        public int Pace { get; init; }

        public long Told { get; set; }

        public TimeSpan Since { get; set; } = since;
    }
}
