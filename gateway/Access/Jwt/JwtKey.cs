using System.Security.Cryptography;

namespace Gateway.Access.Jwt;

/// <summary>One verification key, bound to one algorithm. Thread-safe.</summary>
/// <remarks>
/// RSA and ECDsa objects are not documented as safe for parallel use, hence the lock: it covers 30–80 µs per verification, which happens when
/// playing starts and not for each segment.
/// </remarks>
internal sealed class JwtKey
{
    private readonly Lock _lock = new();
    private readonly byte[]? _secret;
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;

    private JwtKey(string? id, JwtAlgorithm algorithm, byte[]? secret = null, RSA? rsa = null, ECDsa? ecdsa = null)
    {
        Id = id;
        Algorithm = algorithm;
        _secret = secret;
        _rsa = rsa;
        _ecdsa = ecdsa;
    }

    /// <summary>The <c>kid</c>, when the set gives one.</summary>
    public string? Id { get; }

    public JwtAlgorithm Algorithm { get; }

    public static JwtKey Hmac(string? id, byte[] secret) => new(id, JwtAlgorithm.HS256, secret: secret);

    public static JwtKey Rsa(string? id, RSA rsa) => new(id, JwtAlgorithm.RS256, rsa: rsa);

    public static JwtKey Ecdsa(string? id, ECDsa ecdsa) => new(id, JwtAlgorithm.ES256, ecdsa: ecdsa);

    public bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (_secret is not null)
        {
            Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(_secret, signed, mac);
            return CryptographicOperations.FixedTimeEquals(mac, signature);
        }

        lock (_lock)
        {
            // RFC 7518 §3.4: R and S of 32 bytes each, never DER.
            return _rsa is not null
                ? _rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                : signature.Length == 64 && _ecdsa!.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }
}
