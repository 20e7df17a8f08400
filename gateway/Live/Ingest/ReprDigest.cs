namespace Gateway.Live.Ingest;

/// <summary>Reads the SHA-256 of <c>Repr-Digest</c> (RFC 9530 §3), with which an uploader may name what it sends.</summary>
internal static class ReprDigest
{
    private const string Algorithm = "sha-256=:";
    private const int Bytes = 32;

    /// <summary>The digest; empty where none is named. False for one that is none.</summary>
    public static bool TryRead(string? field, out byte[] digest)
    {
        digest = [];
        if (string.IsNullOrEmpty(field)) return true;
        var at = field.IndexOf(Algorithm, StringComparison.OrdinalIgnoreCase);
        // Algorithms that are not known here are ignored, as the RFC wants.
        if (at < 0) return true;
        var text = field.AsSpan(at + Algorithm.Length);
        var end = text.IndexOf(':');
        if (end < 0) return false;
        var decoded = new byte[Bytes];
        if (!Convert.TryFromBase64Chars(text[..end], decoded, out var length) || length != Bytes) return false;
        digest = decoded;
        return true;
    }
}
