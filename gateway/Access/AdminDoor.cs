using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Access;

/// <summary>
/// Lets only operators through to an endpoint: by key, or, when none is configured, callers from this very machine.
/// </summary>
/// <remarks>
/// A proxy on this machine makes everybody look local, so a request that passed any proxy is not. Nor is one that a browser on this machine
/// was talked into by a foreign page: it names that page in <c>Origin</c>, or, when the page's own name was made to resolve to this machine,
/// in <c>Host</c>.
/// </remarks>
internal sealed class AdminDoor(AdminOptions options, Door door) : IEndpointFilter
{
    public const string KeyHeader = "X-Admin-Key";

    private static readonly string[] ProxyMarks = ["X-Forwarded-For", "X-Forwarded-Host", "X-Original-For", "X-Real-IP", "Forwarded", "Via"];

    private readonly byte[] _keyDigest = SHA256.HashData(Encoding.UTF8.GetBytes(options.ApiKey));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (IsOperator(context.HttpContext)) return await next(context);
        await door.RefuseAsync(context.HttpContext, AccessDenial.Admin);
        return Results.Empty;
    }

    /// <summary>For pages and middleware that are no endpoints of their own.</summary>
    public bool IsOperator(HttpContext context) => options.ApiKey.Length > 0 ? HasKey(context.Request) : IsDirectAndLocal(context);

    // Digests have one length, so neither the key's content nor its length shows in the time.
    private bool HasKey(HttpRequest request) =>
        request.Headers[KeyHeader] is [{ } given] && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _keyDigest);

    private static bool IsDirectAndLocal(HttpContext context)
    {
        var request = context.Request;
        if (context.Connection.RemoteIpAddress is not { } caller || !IPAddress.IsLoopback(caller)) return false;
        foreach (var mark in ProxyMarks)
        {
            if (request.Headers.ContainsKey(mark)) return false;
        }

        if (!IsLoopbackName(request.Host.Host)) return false;
        return request.Headers.Origin is not [{ Length: > 0 } origin] || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
