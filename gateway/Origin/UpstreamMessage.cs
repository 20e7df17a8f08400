using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Gateway.Media;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>
/// Makes the message for one exchange. Media requests are built here field by field; nothing of a client's request is forwarded by
/// default, so no credential, cookie or CMCD can slip through. There is no <c>X-Forwarded-For</c> either: a fetch may serve a thousand clients.
/// An operator's own route determines its fields itself (<see cref="OriginRequest.Verbatim"/>), and no secret of the gateway is added to it.
/// </summary>
internal static class UpstreamMessage
{
    /// <summary>Value of Via (RFC 9110 §7.6.3), with the same pseudonym as in Cache-Status.</summary>
    public const string Via = "1.1 gateway";

    private const string UserAgent = "streaming-gateway";

    /// <summary>Fields that even a verbatim request does not forward: they are hop-by-hop, or the cache sets them itself.</summary>
    private static readonly FrozenSet<string> NeverSent = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
        "Range", "If-Range", "If-None-Match", "If-Modified-Since", "Content-Length", "Expect",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Fields of a client that never go upstream for media: private ones, hop-by-hop ones, and those that are set below.</summary>
    private static readonly FrozenSet<string> Withheld = NeverSent
        .Concat(["Host", "Via", "If-Match", "If-Unmodified-Since"])
        .Concat(ClientFields.Private)
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether no request forwards a field, whoever sent it.</summary>
    public static bool IsNeverSent(string name) => NeverSent.Contains(name);

    /// <summary>
    /// Whether a client's field may be forwarded. HttpClient refuses to send characters beyond ASCII, and that would look like a fault of the
    /// destination: one client could open the circuit for all.
    /// </summary>
    public static bool MayPass(string name, string value) => !Withheld.Contains(name) && FieldText.IsPlain(value);

    /// <summary>Absolute URL of a resource at a destination, spelled exactly; user information of the address is left out.</summary>
    public static string UrlAt(DestinationState destination, MediaAddress address) =>
        $"{RootOf(destination.Model.Config.Address)}{address.Path}{address.Query}";

    public static HttpRequestMessage Make(OriginRequest request, HttpMethod method, MediaAddress address, ClusterState cluster, DestinationState destination, string? bearer)
    {
        var config = cluster.Model.Config.HttpRequest;
        var message = new HttpRequestMessage(method, new Uri(UrlAt(destination, address), UrlReference.AsSpelled))
        {
            Version = config?.Version ?? HttpVersion.Version20,
            VersionPolicy = config?.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
        };
        var headers = message.Headers;
        if (request.Verbatim) AddAll(headers, request.Fields);
        else AddOurs(headers, request, bearer);
        var host = destination.Model.Config.Host;
        if (!string.IsNullOrEmpty(host) && !headers.NonValidated.Contains("Host")) headers.TryAddWithoutValidation("Host", host);
        headers.TryAddWithoutValidation("Via", Via);
        if (request.IfNoneMatch is { } tag && FieldText.IsPlain(tag)) headers.TryAddWithoutValidation("If-None-Match", tag);
        if (request.IfModifiedSince is { } date && FieldText.IsPlain(date)) headers.TryAddWithoutValidation("If-Modified-Since", date);
        if (request.Range is { } range)
        {
            headers.TryAddWithoutValidation("Range", range.ToString());
            if (request.IfRange is { } validator && FieldText.IsPlain(validator)) headers.TryAddWithoutValidation("If-Range", validator);
        }

        return message;
    }

    private static void AddAll(HttpRequestHeaders headers, HeaderLine[] fields)
    {
        foreach (ref readonly var field in fields.AsSpan())
        {
            if (!NeverSent.Contains(field.Name) && FieldText.IsPlain(field.Value)) headers.TryAddWithoutValidation(field.Name, field.Value);
        }
    }

    private static void AddOurs(HttpRequestHeaders headers, OriginRequest request, string? bearer)
    {
        foreach (ref readonly var field in request.Fields.AsSpan())
        {
            if (MayPass(field.Name, field.Value)) headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        if (!headers.NonValidated.Contains("Accept-Encoding"))
        {
            // Segments are compressed already; a content coding would only lose the length and the ranges.
            headers.TryAddWithoutValidation("Accept-Encoding", request.Purpose == FetchPurpose.Manifest && request.Range is null ? "gzip, br" : "identity");
        }

        if (!headers.NonValidated.Contains("User-Agent")) headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (bearer is not null) headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
    }

    /// <summary>The origin's Retry-After, in seconds or as a date (RFC 9110 §10.2.3); null when there is no valid one.</summary>
    public static TimeSpan? RetryAfterOf(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values)) return null;
        var value = values.ToString();
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return TimeSpan.FromSeconds(seconds);
        if (!DateTimeOffset.TryParseExact(value, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return null;
        return date > now ? date - now : TimeSpan.Zero;
    }

    private static string RootOf(string address)
    {
        if (!address.Contains('@', StringComparison.Ordinal)) return address.EndsWith('/') ? address[..^1] : address;
        return new UpstreamTable.Upstream("", new Uri(address)).Root;
    }
}
