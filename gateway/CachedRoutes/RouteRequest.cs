using System.Runtime.InteropServices;
using Gateway.Caching;
using Gateway.Caching.Policy;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Responses;

namespace Gateway.CachedRoutes;

/// <summary>
/// Makes a cache request out of one on an operator's route. The upstream request is what the route's transforms make of the client's request,
/// as when YARP forwards it: path, query, fields. The cluster is the route's own, so no host but its destinations is ever contacted.
/// </summary>
internal static class RouteRequest
{
    /// <summary>Placeholder for the destination that will be picked; only path and query behind it are used.</summary>
    private const string AnyDestination = "http://destination.invalid/";

    private const string AnyHost = "destination.invalid";

    /// <summary>A reply that sets a cookie is for its requester alone, unless the route's metadata shares cookies.</summary>
    private static readonly StorageRules Rules = RulesWith(cookiesArePersonal: true, mayGuess: true);

    private static readonly StorageRules RulesForCookies = RulesWith(cookiesArePersonal: true, mayGuess: false);

    private static readonly StorageRules SharedRules = RulesWith(cookiesArePersonal: false, mayGuess: true);

    private static readonly StorageRules SharedRulesForCookies = RulesWith(cookiesArePersonal: false, mayGuess: false);

    /// <summary>Null when the request cannot be cached: a transform leads elsewhere, or the path can be read in two ways.</summary>
    public static async ValueTask<CacheRequest?> MakeAsync(HttpContext context)
    {
        using var message = await TransformAsync(context);
        if (TargetOf(context, message) is not { } target) return null;
        var headers = context.Request.Headers;
        // Which of two conditions upstream would take is not known; without the range, the whole is a right answer to both.
        var range = headers.IfRange.Count < 2 ? RangeHeader.Read(headers.Range).AsAsked : null;
        return new CacheRequest
        {
            Address = target.Address,
            Partition = target.Partition,
            Rules = RulesFor(context),
            Verbatim = true,
            HeadOnly = HttpMethods.IsHead(context.Request.Method),
            Range = range,
            IfRange = headers.IfRange is [{ } condition] ? condition : null,
            Fields = FieldsOf(context, message),
        };
    }

    /// <summary>The target of an unsafe request, for invalidation; null where <see cref="MakeAsync"/> gives null.</summary>
    public static async ValueTask<Target?> TargetAsync(HttpContext context)
    {
        using var message = await TransformAsync(context);
        return TargetOf(context, message);
    }

    /// <summary>A reply to an identified client (cookie, Authorization) is shared only as upstream states it: no heuristic freshness.</summary>
    private static StorageRules RulesFor(HttpContext context)
    {
        var isKnown = context.Request.Headers.Cookie.Count > 0 || context.Request.Headers.Authorization.Count > 0;
        if (RouteCheck.SharesCookies(context.GetReverseProxyFeature().Route.Config)) return isKnown ? SharedRulesForCookies : SharedRules;
        return isKnown ? RulesForCookies : Rules;
    }

    private static StorageRules RulesWith(bool cookiesArePersonal, bool mayGuess) =>
        new() { NegativeLifetime = TimeSpan.Zero, CookiesArePersonal = cookiesArePersonal, UpstreamSeesAsker = true, MayGuess = mayGuess };

    private static async ValueTask<HttpRequestMessage> TransformAsync(HttpContext context)
    {
        var message = new HttpRequestMessage { Method = HttpMethod.Parse(context.Request.Method) };
        await context.GetReverseProxyFeature().Route.Transformer.TransformRequestAsync(context, message, AnyDestination, context.RequestAborted);
        return message;
    }

    private static Target? TargetOf(HttpContext context, HttpRequestMessage message)
    {
        if (message.RequestUri is not { IsAbsoluteUri: true } url || !string.Equals(url.Host, AnyHost, StringComparison.Ordinal)) return null;
        var pathAndQuery = url.PathAndQuery;
        var question = pathAndQuery.IndexOf('?');
        var address = new MediaAddress(
            context.GetReverseProxyFeature().Route.Cluster!.ClusterId,
            question < 0 ? pathAndQuery : pathAndQuery[..question],
            question < 0 ? string.Empty : pathAndQuery[question..]);
        // A cache's key is the client's target URI (RFC 9111 §2): transforms may send upstream its scheme, host and path prefix, and a reply
        // made for one of them must not be given for another.
        return WirePath.TryClean(address, out var clean) ? new Target(clean, $"{context.Request.Scheme}://{context.Request.Host.Value?.ToLowerInvariant()}{context.Request.PathBase.ToUriComponent()}") : null;
    }

    private static HeaderLine[] FieldsOf(HttpContext context, HttpRequestMessage message)
    {
        var fields = new List<HeaderLine>(16);
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            if (UpstreamMessage.IsNeverSent(name)) continue;
            foreach (var value in values)
            {
                if (!SteeringFields.IsFromClient(context.Request.Headers, name, value)) fields.Add(new HeaderLine(name, value));
            }
        }

        return [.. fields];
    }

    /// <summary>The upstream address, and the scheme, host and path base by which the client asked for it.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Target(MediaAddress Address, string Partition);
}
