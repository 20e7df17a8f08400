using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gateway.Access.Jwt;

/// <summary>Reads one JWK (RFC 7517 §4, RFC 7518 §6). Private parts, where somebody put them in, are not read.</summary>
internal static class JwkReader
{
    /// <summary>How the reading of one key ended.</summary>
    internal enum Ending
    {
        Usable,
        OtherPurpose,
        Refused,
    }

    /// <summary>NIST SP 800-131A; RFC 7518 §3.3 says MUST.</summary>
    private const int MinRsaBits = 2048;

    /// <summary>Larger ones only serve to keep the processor busy.</summary>
    private const int MaxRsaBits = 8192;

    private const int MinSecretBytes = 32;

    public static Ending Read(JsonElement jwk, out JwtKey? key, out string fault)
    {
        key = null;
        fault = "it is no JSON object";
        if (jwk.ValueKind != JsonValueKind.Object) return Ending.Refused;
        if (!IsForVerifying(jwk)) return Ending.OtherPurpose;
        var id = Text(jwk, "kid");
        var algorithm = Text(jwk, "alg");
        return (Text(jwk, "kty"), algorithm) switch
        {
            ("oct", null or "HS256") => ReadSecret(jwk, id, out key, out fault),
            ("RSA", null or "RS256") => ReadRsa(jwk, id, out key, out fault),
            ("EC", null or "ES256") when Text(jwk, "crv") is "P-256" => ReadEc(jwk, id, out key, out fault),
            // Algorithm and type contradict each other: not another purpose but a mistake.
            (_, "HS256" or "RS256" or "ES256") => Refuse("'alg' does not fit 'kty' and 'crv'", out fault),
            _ => Ending.OtherPurpose,
        };
    }

    private static bool IsForVerifying(JsonElement jwk)
    {
        if (jwk.TryGetProperty("use", out _) && Text(jwk, "use") is not "sig") return false;
        if (!jwk.TryGetProperty("key_ops", out var operations)) return true;
        if (operations.ValueKind != JsonValueKind.Array) return false;
        foreach (var operation in operations.EnumerateArray())
        {
            if (operation.ValueKind == JsonValueKind.String && operation.ValueEquals("verify")) return true;
        }

        return false;
    }

    private static Ending ReadSecret(JsonElement jwk, string? id, out JwtKey? key, out string fault)
    {
        key = null;
        if (!TryBytes(jwk, "k", out var secret)) return Refuse("'k' is missing or no base64url", out fault);
        if (secret.Length < MinSecretBytes) return Refuse($"an HS256 secret has at least {MinSecretBytes} bytes (RFC 7518 §3.2)", out fault);
        fault = "";
        key = JwtKey.Hmac(id, secret);
        return Ending.Usable;
    }

    private static Ending ReadRsa(JsonElement jwk, string? id, out JwtKey? key, out string fault)
    {
        key = null;
        if (!TryBytes(jwk, "n", out var n) || !TryBytes(jwk, "e", out var e)) return Refuse("'n' or 'e' is missing or no base64url", out fault);
        var modulus = new BigInteger(n, isUnsigned: true, isBigEndian: true);
        var exponent = new BigInteger(e, isUnsigned: true, isBigEndian: true);
        if (modulus.GetBitLength() is < MinRsaBits or > MaxRsaBits) return Refuse($"an RSA key has {MinRsaBits} to {MaxRsaBits} bits", out fault);
        if (exponent < 3 || exponent.IsEven || exponent.GetBitLength() > 32) return Refuse("the RSA exponent is 1, even or too large", out fault);
        if (RocaFingerprint.Matches(modulus)) return Refuse("the RSA modulus has the ROCA weakness (CVE-2017-15361)", out fault);
        try
        {
            key = JwtKey.Rsa(id, new RSAParameters { Modulus = n, Exponent = e });
            fault = "";
            return Ending.Usable;
        }
        catch (CryptographicException)
        {
            return Refuse("the RSA key cannot be loaded", out fault);
        }
    }

    private static Ending ReadEc(JsonElement jwk, string? id, out JwtKey? key, out string fault)
    {
        key = null;
        if (!TryBytes(jwk, "x", out var x) || !TryBytes(jwk, "y", out var y) || x.Length != 32 || y.Length != 32)
            return Refuse("'x' or 'y' is missing or not 32 bytes of base64url", out fault);
        try
        {
            key = JwtKey.Ecdsa(id, new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
            fault = "";
            return Ending.Usable;
        }
        catch (CryptographicException)
        {
            return Refuse("the point does not lie on the curve", out fault);
        }
    }

    private static Ending Refuse(string why, out string fault)
    {
        fault = why;
        return Ending.Refused;
    }

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryBytes(JsonElement jwk, string name, out byte[] bytes)
    {
        bytes = [];
        return Text(jwk, name) is { Length: > 0 } text && StrictBase64Url.TryDecode(text, out bytes);
    }
}
