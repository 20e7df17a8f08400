using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace TranscoderStub.Transcodes;

/// <summary>Lets through who has the bearer key; without a key configured, who calls from this machine.</summary>
internal sealed class ApiKeyFilter(string key) : IEndpointFilter
{
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (key.Length == 0)
        {
            if (http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer)) return await next(context);
            return Titles.MediaAnswer.Missing(http, "TRANSCODER_FORBIDDEN", "Without Transcoder:Api:Key only callers of this machine are let in.", StatusCodes.Status403Forbidden);
        }

        // Hashes are compared, so that neither length nor content of the key shows in the time.
        const string Scheme = "Bearer ";
        var given = http.Request.Headers.Authorization.ToString();
        var fits = given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given[Scheme.Length..].Trim())), _key);
        if (fits) return await next(context);
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Titles.MediaAnswer.Missing(http, "TRANSCODER_UNAUTHORIZED", "The bearer key is missing or wrong.", StatusCodes.Status401Unauthorized);
    }
}
