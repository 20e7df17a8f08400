using System.Net.Http.Headers;
using Gateway.Media;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// Transforms a forwarded request and its response. The upstream sees its own path and none of the client's credentials, nor the gateway's: with that a client could
/// write where the gateway may only read. The client sees none of the upstream's cookies and addresses.
/// </summary>
internal sealed class ForwardTransform(Upstreams upstreams) : HttpTransformer
{
    /// <summary>Fields that hold for the upstream's host, would make its cookies the gateway's, or would steer a server in front of the gateway.</summary>
    private static readonly string[] NotForClient =
    [
        "Set-Cookie", "Alt-Svc", "Strict-Transport-Security", "Server", "X-Powered-By", "Clear-Site-Data", "Service-Worker-Allowed", "Refresh", "WWW-Authenticate",
        "X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Buffering", "X-Accel-Limit-Rate", "X-Accel-Charset", "X-Sendfile", "X-LIGHTTPD-send-file", "X-Reproxy-URL",
    ];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var target = httpContext.Features.GetRequiredFeature<Target>();
        proxyRequest.RequestUri = new Uri(UpstreamMessage.UrlAt(target.Destination, target.Address), UrlReference.AsSpelled);
        var headers = proxyRequest.Headers;
        foreach (var name in ClientFields.Private) headers.Remove(name);
        RemoveUnsendable(headers);
        var host = target.Destination.Model.Config.Host;
        headers.Host = string.IsNullOrEmpty(host) ? null : host;
        headers.TryAddWithoutValidation("Via", UpstreamMessage.Via);
        headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null && !MessageFraming.IsSound(proxyResponse))
        {
            httpContext.Features.GetRequiredFeature<Target>().IsUnsound = true;
            return false;
        }

        var copyBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        var headers = httpContext.Response.Headers;
        foreach (var name in NotForClient) headers.Remove(name);
        if (headers.Location is [{ } location])
        {
            var mapped = Outside(httpContext, location);
            if (mapped is null) headers.Remove("Location");
            else headers.Location = mapped;
        }

        return copyBody;
    }

    /// <summary>Fields that HttpClient refuses, which would look like a fault of the destination.</summary>
    private static void RemoveUnsendable(HttpRequestHeaders headers)
    {
        List<string>? unsendable = null;
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                if (!FieldText.IsPlain(value)) (unsendable ??= []).Add(name);
            }
        }

        foreach (var name in unsendable ?? []) headers.Remove(name);
    }

    /// <summary>The gateway's own path for a Location; null for a target that is not reachable within the session. An upstream's host name never goes out.</summary>
    private string? Outside(HttpContext context, string location)
    {
        var target = context.Features.GetRequiredFeature<Target>();
        var asked = UpstreamMessage.UrlAt(target.Destination, target.Address);
        if (!UrlReference.TryResolve(asked, location, out var url)) return null;
        if (!upstreams.Current.TryLocate(url, target.Cluster, out var address)) return null;
        if (!string.Equals(address.Cluster, target.Address.Cluster, StringComparison.Ordinal)) return null;
        var path = context.Features.Get<IHttpRequestFeature>()!.RawTarget.AsSpan();
        if (path.IndexOf('?') is var question and >= 0) path = path[..question];
        return path.EndsWith(target.Address.Path, StringComparison.Ordinal)
            ? string.Concat(path[..^target.Address.Path.Length], address.Path, address.Query)
            : null;
    }

    /// <summary>Target of a request; kept with it, since one transform serves all.</summary>
    internal sealed record Target(MediaAddress Address, DestinationState Destination, string Cluster)
    {
        /// <summary>Upstream's response has no certain end: nothing of it goes out.</summary>
        public bool IsUnsound { get; set; }
    }
}
