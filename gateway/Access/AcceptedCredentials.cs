using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Access;

/// <summary>
/// Credentials that were accepted here lately, by digest. Within a session the ticket alone counts, and a token in a URL is in general the origin's own, which must reach it;
/// but some players add the credential with which they came in to every URL, and that one must reach nobody and split no cache. Holds two generations of at most
/// <see cref="GenerationSize"/>; racing callers may forget one early. Thread-safe.
/// </summary>
internal sealed class AcceptedCredentials
{
    /// <summary>The two generations together stay below 2 MB.</summary>
    internal const int GenerationSize = 8192;

    private ConcurrentDictionary<UInt128, bool> _young = new();
    private ConcurrentDictionary<UInt128, bool> _old = new();
    private int _youngCount;

    /// <param name="text">The credential, not percent-encoded.</param>
    public void Remember(string text)
    {
        if (!_young.TryAdd(DigestOf(text), true) || Interlocked.Increment(ref _youngCount) != GenerationSize) return;
        _old = _young;
        _young = new ConcurrentDictionary<UInt128, bool>();
        Interlocked.Exchange(ref _youngCount, 0);
    }

    /// <param name="value">Value of a query parameter as it stands there.</param>
    public bool Holds(ReadOnlySpan<char> value)
    {
        if (Holds(DigestOf(value))) return true;
        return value.Contains('%') && Holds(DigestOf(Uri.UnescapeDataString(value)));
    }

    private bool Holds(UInt128 digest) => _young.ContainsKey(digest) || _old.ContainsKey(digest);

    private static UInt128 DigestOf(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
