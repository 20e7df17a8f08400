using Gateway.Adaptation;
using Gateway.Adaptation.Serving;
using Gateway.Connections;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Responses.History;
using Gateway.Telemetry.Events;
using Gateway.Timelines;

namespace Gateway.Segments;

/// <summary>
/// Adapts answers to media requests: (1) a request for a segment that a manifest lists is told to the session's adaptation, which decides; (2) of the rendition <c>auto</c> the chosen rung's segment
/// answers; (3) the decision goes into header fields and the body's pace; (4) what the client takes, and what fails, is told back.
/// </summary>
/// <remarks>A request of a session without a ladder costs one look at a field.</remarks>
internal sealed class SegmentAdaptation(AdaptationMetrics metrics, AdaptationOptions options, EventLog events, TimeProvider time)
{
    /// <summary>1, 2 and the pace of 3; called before anything is opened.</summary>
    public SegmentAct Begin(HttpContext context, PlaybackRequest request, SegmentDelivery delivery)
    {
        var unchanged = new SegmentAct(request.Address, AdaptationDecision.Nothing, IsChosen: false, 0);
        if (request.Adapted is not { HasLadder: true } session || !request.Location.IsListed) return unchanged;
        ref readonly var location = ref request.Location;
        var entry = request.Entry;
        if (entry.Kind is EntryKind.Key or EntryKind.Init) return unchanged;
        var rung = session.RungOf(location.Manifest!.Address, location.Timeline!.Rung);
        var isAuto = session.Auto is { } auto && IsShown(auto, request);
        if (HttpMethods.IsHead(context.Request.Method)) return isAuto ? unchanged with { Address = session.Peek(entry).Address, IsChosen = true } : unchanged;
        delivery.Path = request.Path;
        if (rung < 0)
        {
            Listen(context, delivery, session, session.DemandBeside(entry), 0);
            return unchanged;
        }

        if (request.Tracker.Protocol == StreamingProtocol.Hls && !location.Timeline.HasEnd) entry = session.Placed(entry);
        var decision = session.Demanded(rung, entry, location.Timeline.HasEnd ? location.Index : -1, request.Cmcd, isAuto, out var demand, out var chosen);
        if (decision.PaceKbps is { } pace) delivery.PaceBytesPerSecond = pace * 125L;
        Listen(context, delivery, session, demand, decision.PaceKbps ?? 0);
        Count(request, session, decision);
        var served = isAuto ? session.BandwidthOf(decision.AutoRung ?? 0) : session.KbpsOf(rung);
        return new SegmentAct(chosen.Address, decision, isAuto, served);
    }

    /// <summary>3: the header fields; called when the head was written.</summary>
    public static void Write(HttpResponse response, PlaybackRequest request, in SegmentAct act)
    {
        var headers = response.Headers;
        if (act.IsChosen)
        {
            // The next request of the URL may get other bytes, so that neither a cache nor a second range may be put together with these.
            headers.CacheControl = "private, no-store";
            headers.AcceptRanges = "none";
            headers.ETag = default;
            headers.LastModified = default;
            headers.Expires = default;
        }

        if (CmsdFields.Dynamic(headers["CMSD-Dynamic"], act.Decision) is not { } dynamic) return;
        headers["CMSD-Dynamic"] = dynamic;
        var location = request.Location;
        headers["CMSD-Static"] = CmsdFields.Static(act.Kbps, request.Entry.Duration, request.Tracker.Protocol == StreamingProtocol.Hls, !location.Timeline!.HasEnd);
    }

    /// <summary>4: upstream gave nothing to send.</summary>
    public void Failed(PlaybackRequest request, in SegmentAct act)
    {
        if (act.Kbps == 0 || request.Adapted is not { } session) return;
        if (session.Failed(act.Kbps)) metrics.Acted("errors", session.IsUntouched);
    }

    /// <summary>4: the segment was sent, or its client did not wait for the rest.</summary>
    public void Arrived(SegmentDelivery delivery, in SegmentAct act, bool isGivenUp, TimeProvider time)
    {
        if (act.Kbps == 0 || delivery.Request.Adapted is not { } session) return;
        ref readonly var location = ref delivery.Request.Location;
        if (delivery.Request.Entry.Kind != EntryKind.Segment) return;
        var arrival = new SegmentArrival(act.Kbps, delivery.WaitedForUpstream(time), delivery.Request.Entry.Duration) { IsLive = !location.Timeline!.HasEnd, IsGivenUp = isGivenUp };
        if (session.Arrived(arrival)) metrics.Acted("errors", session.IsUntouched);
    }

    /// <summary>4: the segment went out whole.</summary>
    public static void Served(PlaybackRequest request, in SegmentAct act, long? bytes)
    {
        if (act.Kbps == 0 || request.Adapted is not { } session) return;
        session.Sent(request.Entry);
        if (bytes is { } length && request.Location.Timeline is { HasEnd: true }) session.Learn(act.Kbps, request.Location.Index, length);
    }

    /// <summary>Of <c>auto</c>, another rung's segment instead of one that upstream does not give; false where there is none.</summary>
    public bool TryLower(PlaybackRequest request, ref SegmentAct act)
    {
        if (!act.IsChosen || request.Adapted is not { } session || !session.TryLower(request.Entry, out var lower) || lower.Address == act.Address) return false;
        Failed(request, act);
        act = act with { Address = lower.Address, Kbps = session.BandwidthOf(0) };
        return true;
    }

    private void Listen(HttpContext context, SegmentDelivery delivery, AdaptedSession session, in MediaDemand demand, int paceKbps)
    {
        var feed = new DeliveryFeed(session, demand, metrics, paceKbps);
        delivery.Listener = feed.Taken;
        if (delivery.Path != ClientPath.Direct) feed.Told(ProxiedLine.Of(context.Request.Headers[options.ClientNetworkHeader]));
    }

    private void Count(PlaybackRequest request, AdaptedSession session, in AdaptationDecision decision)
    {
        var any = false;
        if (decision.MaxKbps is not null) Acted("cmsd", ref any);
        if (decision.ThroughputKbps is not null) Acted("throughput", ref any);
        if (decision.PaceKbps is not null) Acted("pacing", ref any);
        if (decision.AutoRung is not null) Acted("auto", ref any);
        if (!any) metrics.Acted("none", session.IsUntouched);
        if (decision.Reason != AdaptationReason.None && decision.FromRung >= 0 && any) Tell(request, session.KbpsOf(decision.FromRung), session.KbpsOf(decision.SafeRung), decision.Reason);

        void Acted(string lever, ref bool acted)
        {
            acted = true;
            metrics.Acted(lever, session.IsUntouched);
        }
    }

    private void Tell(PlaybackRequest request, int fromKbps, int toKbps, AdaptationReason reason)
    {
        var up = toKbps > fromKbps;
        metrics.Switched(up, Label(reason));
        request.History?.Add(new HistoryEntry { Kind = HistoryKind.Switched, At = time.GetUtcNow().UtcTicks, FromKbps = fromKbps, Kbps = toKbps, Reason = Label(reason), BufferMs = -1, MediaSec = float.NaN });
        if (!events.Enabled) return;
        events.Write(new QualitySwitchEvent(new Correlation(request.SessionId.ToString("N")))
        {
            Path = request.Address.Path,
            FromProfile = $"{fromKbps} kbps",
            ToProfile = $"{toKbps} kbps",
            Direction = up ? "up" : "down",
            Reason = Label(reason),
        });
    }

    /// <summary>Whether what is asked for stands in the rendition that the player of <c>auto</c> is shown.</summary>
    private static bool IsShown(AlignedLadder auto, PlaybackRequest request) =>
        auto.Shown.Playlist is { } playlist ? request.Location.Manifest!.Address == playlist : request.Location.Timeline!.Rung is { } rung && rung.Id == auto.Shown.Variant.Id && rung.Bandwidth == auto.Shown.Variant.Bandwidth;

    internal static string Label(AdaptationReason reason) => reason switch
    {
        AdaptationReason.BandwidthDrop => "bandwidth_drop",
        AdaptationReason.BandwidthRise => "bandwidth_rise",
        AdaptationReason.SegmentErrors => "segment_errors",
        AdaptationReason.SlowUpstream => "slow_upstream",
        _ => "cap",
    };
}
