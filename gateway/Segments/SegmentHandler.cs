using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Prefetch;
using Gateway.Problems;
using Gateway.Responses;
using Gateway.Telemetry;

namespace Gateway.Segments;

/// <summary>
/// Serves media within a session. The handler (1) asks the session's adaptation what is to be done about the answer; (2) opens the object in the cache: held, arriving or fetched now; (3) tells the
/// prefetcher of the request, so that the next segments are on their way before this body has gone out; (4) writes the head; (5) sends the bytes as they arrive; (6) records metrics and
/// the event. A body that breaks off aborts the connection: a short one that looks complete would be played.
/// </summary>
internal sealed class SegmentHandler(MediaCache cache, Prefetcher prefetcher, LiveEdge edge, SegmentAdaptation adaptation, SegmentTelemetry telemetry, TimeProvider time)
{
    public async Task<HandlerResult> ServeAsync(HttpContext context, PlaybackRequest request)
    {
        var delivery = new SegmentDelivery(context, request, time.GetTimestamp());
        var act = default(SegmentAct);
        request.Counts.Began();
        try
        {
            // 1, 2
            act = adaptation.Begin(context, request, delivery);
            var rules = SegmentRules.For(request);
            var waits = cache.AwaitsOrigin && SegmentRules.AwaitsOrigin(request, rules);
            // Of auto another rung is tried first: what one rung alone lacks is no reason to wait.
            var wanted = Wanted(context, request, act, rules, waits && !act.IsChosen);
            var isFile = SegmentRules.IsFile(request);
            var reply = await OpenAsync(wanted, isFile, context.RequestAborted);
            if (act.IsChosen && UpstreamProblem.Of(reply) is not null && (adaptation.TryLower(request, ref act) || (waits && UpstreamProblem.MayPass(reply))))
            {
                reply.Dispose();
                wanted = Wanted(context, request, act, rules, waits);
                reply = await OpenAsync(wanted, isFile: false, context.RequestAborted);
            }

            if (act.IsChosen) delivery.Kbps = act.Kbps;
            if (UpstreamProblem.Of(reply) is null && await HoldsReferencesAsync(reply, wanted, context.RequestAborted)) return HandOver(reply, wanted);
            using var held = reply;
            delivery.Source = MediaFields.SourceOf(reply);
            if (UpstreamProblem.Of(reply) is { } problem)
            {
                if (reply.Failure is null) MediaFields.WriteSource(context.Response, reply, delivery.Source);
                await ProblemDocument.WriteAsync(context, problem, UpstreamProblem.NotesOf(reply));
                telemetry.Refused(delivery, problem, reply.Tries);
                adaptation.Failed(request, act);
                return HandlerResult.Answered;
            }

            // 3
            edge.Shown(request.Tracker, request.Address);
            if (!wanted.HeadOnly) prefetcher.Asked(request.Tracker, wanted, reply.Length, request.Cmcd, act.IsChosen ? default : request.Location);

            // 4, 5
            MediaFields.Write(context.Response, reply, wanted, delivery.Source);
            SegmentAdaptation.Write(context.Response, request, act);
            var part = MediaAnswer.Begin(context, reply, act.IsChosen ? default : request.Range, time);
            if (part.SendsBody) await BodySender.SendAsync(context, reply, part, delivery, time);
            else if (part.IsRefused) await ProblemDocument.WriteAsync(context, ProblemCode.RangeNotSatisfiable);

            // 6
            if (SegmentRules.PlaysFile(request, isFile) is { } plays) request.Counts.Took(plays);
            telemetry.Served(delivery);
            SegmentAdaptation.Served(request, act, reply.Length);
            adaptation.Arrived(delivery, act, isGivenUp: false, time);
            RouteName.CountedElsewhere(context);
        }
        catch (BrokenBodyException)
        {
            telemetry.Failed(delivery, SegmentEnding.OriginBrokeOff);
            adaptation.Failed(request, act);
            MediaAnswer.Withdraw(context.Response);
            await ProblemDocument.WriteAsync(context, ProblemCode.OriginBroken);
        }
        catch (OperationCanceledException)
        {
            // Only the client's disconnect cancels here; its connection may know of it before its request does.
            prefetcher.BrokenOff(request.Tracker, request.Address, request.Range.AsAsked);
            telemetry.Failed(delivery, SegmentEnding.ClientAborted);
            adaptation.Arrived(delivery, act, isGivenUp: true, time);
        }
        finally
        {
            request.Counts.Left();
        }

        return HandlerResult.Answered;
    }

    /// <summary>Decides by the type that upstream declares; where that tells nothing, by the first characters, as players do.</summary>
    private static async ValueTask<bool> HoldsReferencesAsync(CacheReply reply, CacheRequest wanted, CancellationToken leaving)
    {
        var declared = reply.Head["Content-Type"];
        if (ManifestKinds.MayHoldReferences(declared)) return true;
        if (ManifestKinds.IsTelling(declared) || !ManifestKinds.IsUntold(wanted.Address.Path) || wanted.HeadOnly || wanted.Range is { Offset: not 0 }) return false;
        try
        {
            // The next reader begins at the same byte, so that a body that is not stored is not read backwards.
            return ManifestKinds.BeginsManifest((await reply.ReadAsync(0, leaving)).Span);
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }

    /// <summary>Passes the request to the manifest handler. A HEAD brought no body, and a part is no manifest: then that handler asks for the whole.</summary>
    private static HandlerResult HandOver(CacheReply reply, CacheRequest wanted)
    {
        if (!wanted.HeadOnly && wanted.Range is null) return new HandlerResult(true, reply);
        reply.Dispose();
        return new HandlerResult(true, null);
    }

    private async ValueTask<CacheReply> OpenAsync(CacheRequest wanted, bool isFile, CancellationToken leaving)
    {
        using var span = GatewayTrace.Cache();
        var reply = await (isFile ? cache.OpenFileAsync(wanted, leaving) : cache.OpenAsync(wanted, leaving));
        span.Ended(CacheMetrics.Label(reply.Result));
        return reply;
    }

    private static CacheRequest Wanted(HttpContext context, PlaybackRequest request, in SegmentAct act, StorageRules rules, bool waits) => new()
    {
        Address = act.Address,
        Rules = rules,
        AwaitsOrigin = waits,
        HeadOnly = HttpMethods.IsHead(context.Request.Method),
        Range = act.IsChosen ? null : request.Range.AsAsked,
        Title = request.Tracker.Lookahead.Title,
        Buffer = request.Cmcd?.Patience,
        Start = request.Start,
        ReadsToTheEnd = HttpMethods.IsGet(context.Request.Method) && (act.IsChosen || !request.Range.IsPresent) && !Conditions.MayBeHeld(context.Request.Headers),
    };
}
