using System.Security.Cryptography;

namespace Gateway.Access.Jwt;

/// <summary>One verification key, bound to one algorithm. Thread-safe, and verifying waits for nobody.</summary>
internal sealed class JwtKey
{
    private readonly byte[]? _secret;
    private readonly KeyPool<RSA>? _rsa;
    private readonly KeyPool<ECDsa>? _ecdsa;

    private JwtKey(string? id, JwtAlgorithm algorithm, byte[]? secret = null, KeyPool<RSA>? rsa = null, KeyPool<ECDsa>? ecdsa = null)
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

    /// <exception cref="CryptographicException">It cannot be loaded.</exception>
    public static JwtKey Rsa(string? id, RSAParameters key) => new(id, JwtAlgorithm.RS256, rsa: Loaded(() => RSA.Create(key)));

    /// <exception cref="CryptographicException">It cannot be loaded; loading checks that the point lies on the curve.</exception>
    public static JwtKey Ecdsa(string? id, ECParameters key) => new(id, JwtAlgorithm.ES256, ecdsa: Loaded(() => ECDsa.Create(key)));

    public bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (_secret is not null)
        {
            Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(_secret, signed, mac);
            return CryptographicOperations.FixedTimeEquals(mac, signature);
        }

        return _rsa is not null ? VerifiesRsa(_rsa, signed, signature) : VerifiesEcdsa(_ecdsa!, signed, signature);
    }

    private static bool VerifiesRsa(KeyPool<RSA> pool, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        var key = pool.Rent();
        var isGood = key.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        // Not in a finally: one that threw is not rented again.
        pool.Return(key);
        return isGood;
    }

    private static bool VerifiesEcdsa(KeyPool<ECDsa> pool, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        // RFC 7518 §3.4: R and S of 32 bytes each, never DER.
        if (signature.Length != 64) return false;
        var key = pool.Rent();
        var isGood = key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        pool.Return(key);
        return isGood;
    }

    private static KeyPool<TKey> Loaded<TKey>(Func<TKey> load)
        where TKey : class, IDisposable
    {
        var pool = new KeyPool<TKey>(load);
        pool.Return(pool.Rent());
        return pool;
    }
}
