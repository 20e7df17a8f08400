using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gateway.Access.Revocation;

namespace Gateway.Access.EdgeAuth;

/// <summary>
/// Checks Akamai EdgeAuth 2.0 tokens: <c>[ip=…~][st=…~]exp=…~acl=…[~id=…][~data=…]~hmac=…</c> with HMAC-SHA256. Only ACL tokens: a URL token is good
/// for one URL, and playing takes many. Thread-safe.
/// </summary>
internal sealed class EdgeAuthVerifier(AccessOptions options, TimeProvider time, Revocations? revocations = null)
{
    public const int MinKeyBytes = 16;

    /// <summary>Stands for the issuer, of which these tokens have none.</summary>
    public const string Issuer = "hdnts";

    private volatile byte[][] _keys = KeysOf(options);

    public static bool IsKey(string hex) => hex.Length >= 2 * MinKeyBytes && hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigit);

    /// <summary>Takes the keys of other options from now on.</summary>
    public void Replace(AccessOptions fresh) => _keys = KeysOf(fresh);

    /// <param name="text">The token as it stands in the query.</param>
    /// <param name="address">The client's, for tokens with <c>ip</c>.</param>
    /// <param name="path">The asset's path, which the ACL must hold with or without the gateway's own prefix. Null: the question is not about media.</param>
    /// <param name="token">Set for <see cref="EdgeAuthVerdict.Valid"/>.</param>
    public EdgeAuthVerdict Verify(string text, IPAddress? address, string? path, out EdgeAuthToken? token)
    {
        token = null;
        var verdict = Authenticate(text, out var read);
        // Some clients encode the whole value once more; the token itself may hold escapes of its own, so it is tried as it stands first.
        if (verdict is EdgeAuthVerdict.Malformed or EdgeAuthVerdict.BadSignature && text.Contains('%', StringComparison.Ordinal))
            verdict = Authenticate(Uri.UnescapeDataString(text), out read);
        if (verdict != EdgeAuthVerdict.Valid) return verdict;

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var skew = (long)options.ClockSkew.TotalSeconds;
        if (now - skew >= read.Expiry) return EdgeAuthVerdict.Expired;
        if (now + skew < read.Start) return EdgeAuthVerdict.NotYetValid;
        if (revocations?.RefusesCredential(Issuer, read.Id, null) == true) return EdgeAuthVerdict.Revoked;
        if (read.Address is { } bound && !IsAddress(bound, address)) return EdgeAuthVerdict.WrongAddress;
        if (read.Acl is not { } acl || (path is not null && !MediaGrant.OfAcl(acl).Holds(path))) return EdgeAuthVerdict.WrongPath;
        token = read;
        return EdgeAuthVerdict.Valid;
    }

    private EdgeAuthVerdict Authenticate(string text, out EdgeAuthToken token)
    {
        var keys = _keys;
        if (keys.Length == 0 || !EdgeAuthToken.TryRead(text, out token))
        {
            token = null!;
            return EdgeAuthVerdict.Malformed;
        }

        // MD5 and SHA-1, which the scheme also knows, have shorter HMACs and fall out here.
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (token.Hmac.Length != 2 * given.Length || Convert.FromHexString(token.Hmac, given, out _, out _) != System.Buffers.OperationStatus.Done) return EdgeAuthVerdict.Malformed;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var signed = Encoding.UTF8.GetBytes(token.Signed);
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, signed, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, given)) return EdgeAuthVerdict.Valid;
        }

        return EdgeAuthVerdict.BadSignature;
    }

    private static byte[][] KeysOf(AccessOptions options) => [.. options.EdgeAuthKeys.Prepend(options.EdgeAuthKey).Where(IsKey).Select(Convert.FromHexString)];

    private static bool IsAddress(string bound, IPAddress? address)
    {
        if (address is null || !IPAddress.TryParse(Uri.UnescapeDataString(bound), out var expected)) return false;
        return Plain(address).Equals(Plain(expected));

        static IPAddress Plain(IPAddress ip) => ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;
    }
}
