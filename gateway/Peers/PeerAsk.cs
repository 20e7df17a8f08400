using System.Globalization;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Peers;

/// <summary>Sends one request to one peer, and judges whether the answer is one to go by. One try: whatever else a peer could be asked, the origin can be asked at once.</summary>
internal sealed partial class PeerAsk(PeerRing ring, PeerIdentity self, OriginFetch upstream, PeersOptions options, PeerMetrics metrics, ILogger<PeerAsk> log)
{
    /// <summary>A peer that is usually quick may be so much slower before the origin is asked instead.</summary>
    private const int Slower = 3;

    /// <summary>Least patience: a pause of the peer's collector is no failure, and every player has a second in its buffer.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(1);

    private readonly FirstByteTimes _times = new();

    /// <summary>The peer's answer, as upstream would have given it; null when the origin is to be asked.</summary>
    /// <param name="peer">A reachable one.</param>
    /// <param name="address">The object, as <see cref="PeerFields.TryAddress"/> has it.</param>
    /// <param name="request">What is wanted of it.</param>
    /// <param name="onlyIfHeld">The peer is not to fetch it.</param>
    public async ValueTask<OriginReply?> AskAsync(Peer peer, MediaAddress address, OriginRequest request, bool onlyIfHeld, CancellationToken cancellation)
    {
        var began = ring.Now;
        var token = self.SignRequest(PeerFields.TargetOf(address));
        var reply = await upstream.FetchAsync(MessageFor(peer, address, request, token, onlyIfHeld), cancellation);
        var outcome = OutcomeOf(reply, token, cancellation);
        if (outcome is not { } ended)
        {
            await reply.DisposeAsync();
            return OriginReply.Failed(OriginFailure.Cancelled);
        }

        metrics.Asked(ended);
        if (ended is PeerOutcome.Hit or PeerOutcome.Miss or PeerOutcome.None)
        {
            peer.Answered();
            if (!onlyIfHeld && ended != PeerOutcome.None) _times.Add(peer.Name, ring.Now - began);
            if (ended != PeerOutcome.None) return Plain(reply);
        }
        else if (peer.Failed(ended != PeerOutcome.Late, ring.Now + options.FailurePause))
        {
            LogOut(log, peer.Name, ended, options.FailurePause.TotalSeconds);
        }

        await reply.DisposeAsync();
        return null;
    }

    private OriginRequest MessageFor(Peer peer, MediaAddress address, OriginRequest request, string token, bool onlyIfHeld)
    {
        var patience = PatienceFor(peer);
        var fields = new List<HeaderLine>(7) { new(PeerFields.Token, token), new(PeerFields.Loop, options.Self), new(PeerFields.Wait, PeerFields.WaitOf(patience)), new("Accept-Encoding", "identity") };
        if (onlyIfHeld) fields.Add(new HeaderLine("Cache-Control", "only-if-cached"));
        if (!request.IsDemanded) fields.Add(new HeaderLine(PeerFields.Ahead, "1"));
        if (request.Title is { Length: > 0 } title && address.Path.StartsWith(title, StringComparison.Ordinal))
            fields.Add(new HeaderLine(PeerFields.Title, title.Length.ToString(CultureInfo.InvariantCulture)));
        return new OriginRequest
        {
            Address = new MediaAddress(peer.Cluster, PeerFields.PathOf(address), address.Query),
            Purpose = request.Purpose,
            HeadOnly = request.HeadOnly,
            Range = request.Range,
            IfRange = request.IfRange,
            IfNoneMatch = request.IfNoneMatch,
            IfModifiedSince = request.IfModifiedSince,
            Fields = [.. fields],
            FirstByteLimit = patience,
            Urgency = request.Urgency,
            GivesUp = request.GivesUp,
            Verbatim = true,
        };
    }

    private TimeSpan PatienceFor(Peer peer)
    {
        if (_times.Of(peer.Name) is not { } usual) return options.FirstByteTimeout;
        var patience = usual.P95 * Slower;
        return patience > options.FirstByteTimeout ? options.FirstByteTimeout : patience < LeastPatience ? LeastPatience : patience;
    }

    /// <summary>Null when the asker left, which tells nothing about the peer.</summary>
    private PeerOutcome? OutcomeOf(OriginReply reply, string token, CancellationToken cancellation)
    {
        if (!reply.Answered)
        {
            if (reply.Failure is OriginFailure.Cancelled or OriginFailure.Stopping || cancellation.IsCancellationRequested) return null;
            return reply.Failure is OriginFailure.TimedOut or OriginFailure.TooSlow ? PeerOutcome.Late : PeerOutcome.Unreachable;
        }

        var head = reply.Head;
        if (!head.TryGet(PeerFields.Proof, out var proof) || !self.IsProof(proof, PeerFields.ProofOf(token, head.Status))) return PeerOutcome.Foreign;
        return head[PeerFields.Outcome] switch
        {
            PeerFields.Hit => PeerOutcome.Hit,
            PeerFields.Miss => PeerOutcome.Miss,
            _ => PeerOutcome.None,
        };
    }

    /// <summary>Without the fields between gateways.</summary>
    private static OriginReply Plain(OriginReply reply)
    {
        var head = reply.Head!;
        var fields = new List<HeaderLine>(head.Fields.Length);
        foreach (ref readonly var field in head.Fields)
        {
            if (!field.Name.StartsWith("X-Peer-", StringComparison.OrdinalIgnoreCase)) fields.Add(field);
        }

        return reply.As(new ResponseHead(head.Status, [.. fields]), head[PeerFields.FinalUrl] ?? "");
    }

    [LoggerMessage(1170, LogLevel.Warning, "Gateway '{Peer}' is {Outcome}: for {Seconds:0.0} s it is not asked, and its titles are others'")]
    private static partial void LogOut(ILogger logger, string peer, PeerOutcome outcome, double seconds);
}
