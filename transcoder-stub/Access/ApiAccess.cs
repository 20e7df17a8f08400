using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace TranscoderStub.Access;

/// <summary>
/// Who may use what. With a key, everything under an <see cref="AccessRule"/> needs it or an address that is a secret of its own. Without one, only callers of
/// this machine are let in, and those only under an address or the name <c>localhost</c>: a page whose own name was made to lead here (DNS rebinding) is a
/// caller of this machine, too.
/// </summary>
internal sealed class ApiAccess(ApiOptions options)
{
    private const string Scheme = "Bearer ";
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(options.Key));

    /// <summary>What stands behind <c>/jit/~</c> in an address that needs no key; empty where there is none. It follows from the key, and changes with it.</summary>
    public string Capability { get; } = options.Key.Length == 0 ? "" : Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.Key), "media without a start"u8).AsSpan(0, 16));

    /// <summary>Null for who is let in; otherwise status, code and sentence of the refusal.</summary>
    public (int Status, string Code, string Detail)? Refusal(HttpContext context, AccessRule rule)
    {
        if (options.Key.Length == 0) return RefusalWithoutKey(context);
        if (rule == AccessRule.SecretAddress && !options.MediaNeedsKey && IsKnown(context)) return null;

        // Hashes are compared, so that neither length nor content of the key shows in the time.
        var given = context.Request.Headers.Authorization.ToString();
        var fits = given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given[Scheme.Length..].Trim())), _key);
        return fits ? null : (StatusCodes.Status401Unauthorized, "TRANSCODER_UNAUTHORIZED", "The bearer key is missing or wrong.");
    }

    private static (int Status, string Code, string Detail)? RefusalWithoutKey(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } peer || !IPAddress.IsLoopback(peer))
            return (StatusCodes.Status403Forbidden, "TRANSCODER_FORBIDDEN", "Only callers of this machine are let in as long as Transcoder:Api:Key is empty. Set it, here and in the gateway (Gateway:Transcoder:Key).");
        var host = context.Request.Host.Host;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _)) return null;
        return (StatusCodes.Status403Forbidden, "TRANSCODER_FORBIDDEN", "As long as Transcoder:Api:Key is empty, this is answered under an IP address or localhost, not under another name.");
    }

    // An id of /transcode/{id}/ is its own proof: who does not know it finds nothing there.
    private bool IsKnown(HttpContext context) => context.Request.RouteValues["capability"] is not string given
        || CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Capability));
}
