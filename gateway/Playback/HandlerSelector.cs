using Gateway.Caching;
using Gateway.Manifests;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Playback.Requests;
using Gateway.Problems;
using Gateway.Segments;

namespace Gateway.Playback;

/// <summary>Chooses the handler of a request: by the path's extension, and where that says nothing by the media type that upstream declares.</summary>
internal sealed class HandlerSelector(ManifestHandler manifests, SegmentHandler media, OriginForward forward, Upstreams upstreams, MediaCache cache)
{
    /// <summary>Whether a cluster takes a method other than GET and HEAD within a session, by its metadata.</summary>
    public bool Takes(string method, ReadOnlySpan<char> cluster) => upstreams.Current.Takes(method, cluster);

    /// <summary>All methods that it takes, as <c>Allow</c> lists them.</summary>
    public string MethodsOf(ReadOnlySpan<char> cluster) => upstreams.Current.MethodsOf(cluster) is { Length: > 0 } more ? $"{MediaMethods.Read}, {string.Join(", ", more)}" : MediaMethods.Read;

    public async Task ServeAsync(HttpContext context, PlaybackRequest request)
    {
        if (!upstreams.Current.Knows(request.Address.Cluster))
        {
            await ProblemDocument.WriteAsync(context, ProblemCode.OriginUnavailable);
            return;
        }

        if (!MediaMethods.IsRead(context.Request.Method))
        {
            // Stored responses may be outdated by it (RFC 9111 §4.4), and the client may ask again as soon as it gets the success.
            context.Response.OnStarting(() => Invalidate(context.Response, request.Address));
            await forward.ForwardAsync(context, request.Address);
            return;
        }

        if (ManifestKinds.IsManifestPath(request.Address.Path))
        {
            await manifests.ServeAsync(context, request, null);
        }
        else if (await media.ServeAsync(context, request) is { IsManifest: true } result)
        {
            using var opened = result.Opened;
            await manifests.ServeAsync(context, request, opened);
        }
    }

    private Task Invalidate(HttpResponse response, MediaAddress address) => response.StatusCode is >= 200 and < 400 ? cache.InvalidateAsync(address) : Task.CompletedTask;
}
