using System.Net;
using Gateway.Access;

namespace Gateway.Admin;

/// <summary>
/// Endpoint filter for operators: passes callers with a key. Where none is configured, in Development only, it passes direct callers from this machine.
/// </summary>
/// <remarks>
/// A proxy on this machine that adds no header looks exactly like a direct call from it, and then the whole internet does. Hence no address makes an operator outside of
/// Development. In Development a request that names a proxy is none, nor is one that a browser on this machine was talked into by a foreign page: it names that page in
/// <c>Origin</c> or <c>Sec-Fetch-Site</c>, or, when the page's own name was made to resolve to this machine, in <c>Host</c>.
/// </remarks>
internal sealed partial class AdminFilter(AdminOptions options, AdminKeys keys, Authenticator authenticator, IHostEnvironment environment, TimeProvider time, ILogger<AdminFilter> log) : IEndpointFilter
{
    public const string KeyHeader = "X-Admin-Key";

    private static readonly string[] ProxyHeaders =
    [
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Real-IP", "Forwarded", "Via", "X-Client-IP", "True-Client-IP",
        "CF-Connecting-IP",
    ];

    private readonly FailureLimit _failures = new(options.KeyFailures, time);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (await AdmitsAsync(context.HttpContext)) return await next(context);
        return Results.Empty;
    }

    /// <summary>
    /// Whether a request may get the operator's page. A browser cannot send the key with the page itself, so where there is a key everybody gets the empty page, which
    /// asks for the key and sends it with every request for data.
    /// </summary>
    public bool ShowsPage(HttpContext context) => keys.Any || (environment.IsDevelopment() && IsDirectAndLocal(context));

    /// <summary>Lets an operator pass, and leaves an <see cref="OperatorIdentity"/> with the request; every other caller gets a problem.</summary>
    private async ValueTask<bool> AdmitsAsync(HttpContext context)
    {
        if (!keys.Any)
        {
            if (environment.IsDevelopment() && IsDirectAndLocal(context)) return Welcome(context, OperatorIdentity.ThisMachine);
            await authenticator.RefuseAsync(context, AccessDenial.Admin);
            return false;
        }

        if (context.Request.Headers[KeyHeader] is not [{ Length: > 0 } shown])
        {
            await authenticator.RefuseAsync(context, AccessDenial.Admin);
            return false;
        }

        var network = ClientNetwork.Of(context.Connection.RemoteIpAddress);
        if (_failures.IsSpent(network, out var wait))
        {
            await authenticator.RefuseAsync(context, AccessDenial.AdminLimit, wait);
            return false;
        }

        if (shown.Length <= AdminKey.MaxLength && keys.Find(shown) is { } id) return Welcome(context, new OperatorIdentity(id));
        LogWrongKey(network);
        if (_failures.Count(network)) LogLimited(network);
        await authenticator.RefuseAsync(context, AccessDenial.Admin);
        return false;
    }

    private static bool Welcome(HttpContext context, OperatorIdentity who)
    {
        context.Features.Set(who);
        return true;
    }

    private static bool IsDirectAndLocal(HttpContext context)
    {
        var request = context.Request;
        if (context.Connection.RemoteIpAddress is not { } caller || !IPAddress.IsLoopback(caller)) return false;
        foreach (var header in ProxyHeaders)
        {
            if (request.Headers.ContainsKey(header)) return false;
        }

        if (!IsLoopbackName(request.Host.Host)) return false;
        if (request.Headers["Sec-Fetch-Site"] is [{ Length: > 0 } site] && site is not ("same-origin" or "none")) return false;
        return request.Headers.Origin is not [{ Length: > 0 } origin] || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // Next free id: 62. As many as the limit lets through, so that a guessing client does not fill the log.
    [LoggerMessage(60, LogLevel.Warning, "Wrong X-Admin-Key from '{Network}'")]
    private partial void LogWrongKey(string network);

    [LoggerMessage(61, LogLevel.Warning, "Too many wrong values of X-Admin-Key from '{Network}': its keys are refused unread for a while")]
    private partial void LogLimited(string network);
}
