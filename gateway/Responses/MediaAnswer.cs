using System.Globalization;
using Gateway.Caching;
using Gateway.Caching.Fetching;
using Gateway.Caching.Store;
using Gateway.Origin;

namespace Gateway.Responses;

/// <summary>The part of an object that goes out, and its status: decided before the first byte.</summary>
/// <param name="Status">200, 206, 304 or 416; or upstream's own 2xx.</param>
/// <param name="Offset">First byte to send.</param>
/// <param name="End">Byte after the last one to send; <see cref="long.MaxValue"/> where the end is not known yet.</param>
/// <param name="SendsBody">False for HEAD, 304 and 416.</param>
internal readonly record struct MediaAnswer(int Status, long Offset, long End, bool SendsBody)
{
    public bool IsOpenEnded => End == long.MaxValue;

    public bool IsRefused => Status == StatusCodes.Status416RangeNotSatisfiable;

    /// <summary>Evaluates conditions, then the range (RFC 9110 §13.2.2), and writes status, length and Content-Range.</summary>
    /// <exception cref="BrokenBodyException">Upstream sent a part that the client did not ask for and would take for the whole.</exception>
    public static MediaAnswer Begin(HttpContext context, CacheReply reply, in RangeHeader range, TimeProvider time)
    {
        var request = context.Request.Headers;
        var response = context.Response;
        var sendsBody = !HttpMethods.IsHead(context.Request.Method);
        if (reply.Head.Status == StatusCodes.Status200OK && Conditions.IsNotModified(request, reply.Head, reply.WasHeld, time))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            response.Headers.ContentType = default;
            return new MediaAnswer(StatusCodes.Status304NotModified, 0, 0, SendsBody: false);
        }

        if (reply.Head.Status == StatusCodes.Status200OK
            && HttpMethods.IsGet(context.Request.Method)
            && range.IsPresent
            && reply.Length is { } length
            && Conditions.RangeHolds(request.IfRange, reply.Head))
        {
            switch (range.Resolve(length, out var part))
            {
                case RangeVerdict.Part:
                    response.StatusCode = StatusCodes.Status206PartialContent;
                    response.ContentLength = part.Length;
                    response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {part.Offset}-{part.End - 1}/{length}");
                    return new MediaAnswer(StatusCodes.Status206PartialContent, part.Offset, part.End, SendsBody: true);
                case RangeVerdict.Unsatisfiable:
                    response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
                    return new MediaAnswer(StatusCodes.Status416RangeNotSatisfiable, 0, 0, SendsBody: false);
            }
        }

        if (reply.Head.Status == StatusCodes.Status206PartialContent && !IsPartAsked(range, reply.Head)) throw new BrokenBodyException(OriginFailure.Protocol);
        response.StatusCode = reply.Head.Status;
        if (reply.Head.Status == StatusCodes.Status206PartialContent && reply.Head.TryGet("Content-Range", out var upstreams))
            response.Headers.ContentRange = upstreams;
        // 204 must not declare a length (RFC 9110 §8.6), and for 205 the server sets it itself.
        response.ContentLength = reply.Head.Status is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent ? null : LengthOf(reply);
        return new MediaAnswer(reply.Head.Status, 0, reply.Length ?? long.MaxValue, sendsBody);
    }

    /// <summary>Removes Content-Range, as long as nothing has gone out: it is not true of the problem document that is sent instead.</summary>
    public static void Withdraw(HttpResponse response)
    {
        if (!response.HasStarted) response.Headers.ContentRange = default;
    }

    /// <summary>Whether upstream's part begins where the client's range does; where either cannot be read, the client has to judge.</summary>
    private static bool IsPartAsked(in RangeHeader asked, ResponseHead head) =>
        asked.IsPresent
        && (asked.AsAsked is not { } wanted || !ContentRange.TryParse(head["Content-Range"], out var part) || part.First == wanted.Offset);

    /// <summary>Length to declare. A HEAD that upstream answered has no body to measure, only the length that it declares.</summary>
    private static long? LengthOf(CacheReply reply)
    {
        if (reply.Pass != PassReason.Method) return reply.Length;
        return long.TryParse(reply.Head["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var declared) ? declared : null;
    }
}
