using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Problems;
using Gateway.Responses;

namespace Gateway.Files;

/// <summary>
/// Sends the source of a title to the transcoder, which is no viewer: it has no session, moves no playhead and counts in none of the viewers' series. The bytes come in slices through the
/// cache, where one title has its share and no more.
/// </summary>
internal sealed class SourceSender(MediaCache cache, MediaOptions media, TimeProvider time)
{
    /// <summary>Answers GET and HEAD, with or without a range.</summary>
    public async Task SendAsync(HttpContext context, string mediaId)
    {
        var range = RangeHeader.Read(context.Request.Headers.Range);
        var wanted = new CacheRequest
        {
            Address = new MediaAddress(OriginOptions.DefaultCluster, TitleTemplate.PathOf(media.SourcePath, mediaId), string.Empty),
            Rules = StorageRules.Media,
            HeadOnly = HttpMethods.IsHead(context.Request.Method),
            Range = range.AsAsked,
        };
        try
        {
            using var reply = await cache.OpenFileAsync(wanted, context.RequestAborted);
            if (UpstreamProblem.Of(reply) is { } problem)
            {
                await ProblemDocument.WriteAsync(context, problem, UpstreamProblem.NotesOf(reply));
                return;
            }

            MediaFields.Write(context.Response, reply, wanted, MediaFields.SourceOf(reply));
            var part = MediaAnswer.Begin(context, reply, range, time);
            if (part.SendsBody) await BodySender.SendAsync(context, reply, part, new Transfer(time.GetTimestamp()), time);
            else if (part.IsRefused) await ProblemDocument.WriteAsync(context, ProblemCode.RangeNotSatisfiable);
        }
        catch (BrokenBodyException)
        {
            MediaAnswer.Withdraw(context.Response);
            await ProblemDocument.WriteAsync(context, ProblemCode.OriginBroken);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The transcoder has what it wants.
        }
    }
}
