using System.Buffers;
using System.IO.Pipelines;
using Gateway.Caching;
using Gateway.Origin;
using Gateway.Prefetch;
using Gateway.Problems;
using Gateway.Telemetry;

namespace Gateway.Segments;

/// <summary>
/// The media room. (1) opens the object in the cellar: held, arriving or fetched now; (2) tells the prefetcher what was asked, so that
/// what follows is on its way before this body has gone out; (3) writes the head; (4) sends the bytes, each as soon as it is there; (5) does
/// the accounts. A body that breaks cuts the connection: a short one that looks complete would be played.
/// </summary>
internal sealed class MediaRoom(Cellar cellar, Prefetcher prefetcher, SegmentAccounts accounts, TimeProvider time)
{
    /// <summary>A quarter of a megabyte in one send is where larger ones stop to gain.</summary>
    private const int FlushFrom = 192 * 1024;

    public async Task<RoomVerdict> ServeAsync(HttpContext context, StreamRequest request)
    {
        var visit = new MediaVisit(context, request, time.GetTimestamp());
        try
        {
            // 1
            var wanted = Wanted(context, request);
            var reply = await OpenAsync(wanted, context.RequestAborted);
            if (UpstreamProblem.Of(reply) is null && ManifestKinds.MayHoldReferences(reply.Head["Content-Type"])) return HandOver(reply, wanted);
            using var held = reply;
            visit.Source = MediaFields.SourceOf(reply);
            if (UpstreamProblem.Of(reply) is { } problem)
            {
                if (reply.Failure is null) MediaFields.WriteSource(context.Response, reply, visit.Source);
                await ProblemDocument.WriteAsync(context, problem, UpstreamProblem.NotesOf(reply));
                accounts.Refused(visit, problem);
                return RoomVerdict.Answered;
            }

            // 2
            if (!wanted.HeadOnly) prefetcher.Asked(request.Trail, request.Address, wanted.Range);

            // 3, 4
            MediaFields.Write(context.Response, reply, request.Address.Path, visit.Source);
            var part = MediaAnswer.Begin(context, reply);
            if (part.SendsBody) await SendAsync(visit, reply, part);
            else if (part.IsRefused) await ProblemDocument.WriteAsync(context, ProblemCode.RangeNotSatisfiable);

            // 5
            accounts.Served(visit);
        }
        catch (BrokenBodyException)
        {
            accounts.Failed(visit, SegmentEnding.OriginBrokeOff);
            await ProblemDocument.WriteAsync(context, ProblemCode.OriginBroken);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            accounts.Failed(visit, SegmentEnding.ClientAborted);
        }

        return RoomVerdict.Answered;
    }

    /// <summary>A HEAD brought no body, and a part is no manifest: then the playlist room asks for the whole.</summary>
    private static RoomVerdict HandOver(CellarReply reply, MediaRequest wanted)
    {
        if (!wanted.HeadOnly && wanted.Range is null) return new RoomVerdict(true, reply);
        reply.Dispose();
        return new RoomVerdict(true, null);
    }

    private async ValueTask<CellarReply> OpenAsync(MediaRequest wanted, CancellationToken leaving)
    {
        using var span = GatewayTrace.Cache();
        var reply = await cellar.OpenAsync(wanted, leaving);
        span.Ended(CacheMetrics.Word(reply.Result));
        return reply;
    }

    private static MediaRequest Wanted(HttpContext context, StreamRequest request) => new()
    {
        Address = request.Address,
        Rules = SegmentRules.For(request),
        HeadOnly = HttpMethods.IsHead(context.Request.Method),
        Range = RangeHeader.TryRead(context.Request.Headers.Range.ToString(), out var range) ? range : null,
    };

    /// <summary>
    /// What is there goes into the connection's buffer without a send of its own, up to a bound; a send for each block would cost more than
    /// the copy. What has to be waited for is preceded by a flush, so that nobody waits for bytes that are there.
    /// </summary>
    private async Task SendAsync(MediaVisit visit, CellarReply reply, MediaAnswer part)
    {
        var body = visit.Context.Response.BodyWriter;
        var leaving = visit.Context.RequestAborted;
        for (var position = part.Offset; position < part.End;)
        {
            var reading = reply.ReadAsync(position, leaving);
            if (!reading.IsCompleted && body.UnflushedBytes > 0) await FlushAsync(body, leaving);
            var bytes = await reading;
            if (bytes.IsEmpty)
            {
                // Without a declared length, the end is where it is; with one, the response would be short.
                if (part.IsOpenEnded) break;
                throw new BrokenBodyException(OriginFailure.Protocol);
            }

            if (bytes.Length > part.End - position) bytes = bytes[..(int)(part.End - position)];
            if (visit.FirstByte is null)
            {
                visit.FirstByte = time.GetElapsedTime(visit.Started);
                // With the head in the connection's buffer, the bytes go there at once; Kestrel would collect them before the head and copy them a second time.
                await visit.Context.Response.StartAsync(leaving);
            }

            body.Write(bytes.Span);
            position += bytes.Length;
            visit.Bytes += bytes.Length;
            if (body.UnflushedBytes >= FlushFrom) await FlushAsync(body, leaving);
        }

        await FlushAsync(body, leaving);
    }

    private static async ValueTask FlushAsync(PipeWriter body, CancellationToken leaving)
    {
        var flushed = await body.FlushAsync(leaving);
        if (flushed.IsCompleted) throw new OperationCanceledException(leaving);
    }
}
