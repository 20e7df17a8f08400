using Gateway.Caching;
using Gateway.Caching.Store;
using Gateway.Origin;
using Gateway.Problems;
using Gateway.Responses;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Gateway.CachedRoutes;

/// <summary>
/// A step in YARP's own pipeline that puts the cache before those of the operator's routes that carry the metadata <c>Gateway.Cache=true</c>: a shared
/// HTTP cache by RFC 9111, in the same memory as the media.
/// <para>
/// (1) Requests that a cache has no part in go on to YARP's forwarder: other methods, bodies, upgrades, event streams, preconditions that only upstream can
/// judge. (2) An unsafe request that succeeds invalidates what is stored for its target (RFC 9111 §4.4), before its client learns of the success.
/// (3) The route's request transforms make the upstream request; (4) the cache answers it; (5) the route's response transforms are applied to the reply.
/// </para>
/// </summary>
internal sealed class CachedRoute(RequestDelegate next, MediaCache cache, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        var route = context.GetReverseProxyFeature().Route;
        if (!RouteCheck.IsCached(route.Config) || route.Cluster is null) return next(context);

        // 1
        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)) return PassUnsafeAsync(context);
        return IsForUpstreamAlone(context) ? PassAsync(context, "bypass") : ServeAsync(context);
    }

    private static bool IsForUpstreamAlone(HttpContext context)
    {
        var headers = context.Request.Headers;
        return context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
            || context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
            || headers.IfMatch.Count > 0
            || headers.IfUnmodifiedSince.Count > 0
            || Accepts(headers.Accept, "text/event-stream");
    }

    private static bool Accepts(StringValues accept, string type)
    {
        foreach (var line in accept)
        {
            if (line?.Contains(type, StringComparison.OrdinalIgnoreCase) == true) return true;
        }

        return false;
    }

    private Task PassAsync(HttpContext context, string reason)
    {
        context.Response.OnStarting(() =>
        {
            RouteAnswer.Append(context.Response.Headers, "Cache-Status", $"gateway; fwd={reason}");
            return Task.CompletedTask;
        });
        return next(context);
    }

    private async Task PassUnsafeAsync(HttpContext context)
    {
        // 2
        var method = context.Request.Method;
        var isSafe = HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
        if (!isSafe && await RouteRequest.TargetAsync(context) is { } target)
        {
            context.Response.OnStarting(() => context.Response.StatusCode is >= 200 and < 400 ? cache.InvalidateAsync(target.Address, target.Partition) : Task.CompletedTask);
        }

        await PassAsync(context, "method");
    }

    private async Task ServeAsync(HttpContext context)
    {
        // 3
        if (await RouteRequest.MakeAsync(context) is not { } wanted)
        {
            await PassAsync(context, "bypass");
            return;
        }

        try
        {
            // 4
            using var reply = await cache.OpenAsync(wanted, context.RequestAborted);
            if (reply.Failure is not null)
            {
                RouteAnswer.AppendStatus(context.Response.Headers, reply);
                await ProblemDocument.WriteAsync(context, UpstreamProblem.Of(reply).GetValueOrDefault(ProblemCode.OriginUnreachable));
                return;
            }

            // 5
            await RouteAnswer.WriteAsync(context, reply, time);
        }
        catch (BrokenBodyException)
        {
            MediaAnswer.Withdraw(context.Response);
            await ProblemDocument.WriteAsync(context, ProblemCode.OriginBroken);
        }
        catch (OperationCanceledException)
        {
            // The client left; its connection may know of it before its request does. A fetch that others read goes on without it.
        }
    }
}
