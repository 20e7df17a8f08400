using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Origin;
using Gateway.Responses;

namespace Gateway.CachedRoutes;

/// <summary>
/// Answers on an operator's route with a reply of the cache: upstream's status and fields through the route's own transforms, as if the reply had just been
/// forwarded, then what a cache has to add (Age, Via, Cache-Status), then conditions and range, then the bytes as they come.
/// </summary>
internal static class RouteAnswer
{
    /// <exception cref="BrokenBodyException">The body ended early.</exception>
    public static async Task WriteAsync(HttpContext context, CacheReply reply, TimeProvider time)
    {
        using var message = MessageOf(reply.Head);
        var sendsBody = await context.GetReverseProxyFeature().Route.Transformer.TransformResponseAsync(context, message, context.RequestAborted);
        if (context.Response.HasStarted) return;
        WriteFields(context.Response.Headers, reply);
        var part = MediaAnswer.Begin(context, reply, RangeHeader.Read(context.Request.Headers.Range), time);
        if (part.IsRefused)
        {
            context.Response.StatusCode = part.Status;
            context.Response.ContentLength = 0;
        }
        else if (part.SendsBody && sendsBody)
        {
            await BodySender.SendAsync(context, reply, part, new Transfer(time.GetTimestamp()), time);
        }
    }

    /// <summary>Appends the member of Cache-Status that tells what the cache did.</summary>
    public static void AppendStatus(IHeaderDictionary headers, CacheReply reply) => Append(headers, "Cache-Status", CacheStatus.Of(reply));

    /// <summary>Adds a member to a list field, behind those of the servers further up.</summary>
    public static void Append(IHeaderDictionary headers, string name, string member) =>
        headers[name] = headers[name].Count == 0 ? member : $"{headers[name]}, {member}";

    private static void WriteFields(IHeaderDictionary headers, CacheReply reply)
    {
        headers.ContentLength = null;
        headers.Remove("Age");
        // Without Age a response claims to be as fresh as its Date; with it, to have been stored (RFC 9111 §5.1).
        if (reply.WasHeld || reply.Head.TryGet("Age", out _)) headers.Age = Freshness.Format(reply.Age);
        if (reply.Head.Status == StatusCodes.Status200OK && reply.Length is not null) headers.AcceptRanges = "bytes";
        Append(headers, "Via", UpstreamMessage.Via);
        AppendStatus(headers, reply);
    }

    /// <summary>The head in the form in which YARP's transforms take it.</summary>
    private static HttpResponseMessage MessageOf(ResponseHead head)
    {
        var message = new HttpResponseMessage((System.Net.HttpStatusCode)head.Status) { Content = new ByteArrayContent([]) };
        foreach (ref readonly var field in head.Fields)
        {
            if (!message.Headers.TryAddWithoutValidation(field.Name, field.Value))
                message.Content.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        return message;
    }
}
