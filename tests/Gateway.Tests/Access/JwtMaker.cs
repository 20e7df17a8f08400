using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Access.Jwt;

namespace Gateway.Tests.Access;

/// <summary>Signs tokens as an identity provider does, good ones and bad ones.</summary>
internal sealed class JwtMaker
{
    public static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    // Made once: finding primes takes longer than all the tests together.
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly ECDsa Ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Jwks
    {
        get
        {
            var rsa = Rsa.ExportParameters(false);
            var ec = Ecdsa.ExportParameters(false);
            return JsonSerializer.Serialize(new
            {
                keys = new object[]
                {
                    new { kty = "oct", kid = "h", alg = "HS256", k = Base64Url.EncodeToString(Secret) },
                    new { kty = "RSA", kid = "r", alg = "RS256", use = "sig", n = Base64Url.EncodeToString(rsa.Modulus), e = Base64Url.EncodeToString(rsa.Exponent) },
                    new { kty = "EC", kid = "e", crv = "P-256", x = Base64Url.EncodeToString(ec.Q.X), y = Base64Url.EncodeToString(ec.Q.Y) },
                },
            });
        }
    }

    public JwkSet Keys
    {
        get
        {
            Assert.True(JwkSet.TryRead(Encoding.UTF8.GetBytes(Jwks), out var set, out var error), error);
            return set;
        }
    }

    public string Hs256(object claims, string? kid = "h") => Hs256(Header("HS256", kid), JsonSerializer.Serialize(claims));

    public static string Hs256(string header, string payload, byte[]? secret = null) => Join(header, payload, bytes => HMACSHA256.HashData(secret ?? Secret, bytes));

    public string Rs256(object claims, string? kid = "r") =>
        Join(Header("RS256", kid), JsonSerializer.Serialize(claims), bytes => Rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public string Es256(object claims, string? kid = "e") => Join(Header("ES256", kid), JsonSerializer.Serialize(claims), bytes => Ecdsa.SignData(bytes, HashAlgorithmName.SHA256));

    /// <summary>The attack of RFC 8725 §2.1: the public key, taken for an HMAC secret.</summary>
    public string Hs256WithThePublicKey(object claims, bool pem) => Hs256(
        Header("HS256", "r"), JsonSerializer.Serialize(claims), pem ? Encoding.ASCII.GetBytes(Rsa.ExportSubjectPublicKeyInfoPem()) : Rsa.ExportSubjectPublicKeyInfo());

    public static string Header(string algorithm, string? kid) => kid is null ? $$"""{"alg":"{{algorithm}}"}""" : $$"""{"alg":"{{algorithm}}","kid":"{{kid}}"}""";

    public static string Join(string header, string payload, Func<byte[], byte[]> sign)
    {
        var text = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)) + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload));
        return text + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)));
    }
}
