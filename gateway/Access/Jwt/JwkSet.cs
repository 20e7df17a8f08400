using System.Text.Json;
using Gateway.Json;

namespace Gateway.Access.Jwt;

/// <summary>
/// The keys that sign credentials: a JWK set (RFC 7517), read strictly. Immutable; a refresh swaps the whole set.
/// Keys for other purposes or algorithms are left out, as RFC 7517 §5 asks; a key for our purpose that is weak or broken makes the whole set
/// refused, because somebody believes that it protects something.
/// </summary>
internal sealed class JwkSet
{
    /// <summary>Identity providers publish two to ten keys.</summary>
    public const int MaxKeys = 64;

    /// <summary>Larger documents are refused unread.</summary>
    public const int MaxBytes = 256 * 1024;

    private readonly JwtKey[] _keys;

    public JwkSet(IEnumerable<JwtKey> keys) => _keys = [.. keys];

    public int Count => _keys.Length;

    /// <summary>Whether a key of it is one that also signs: who serves such a set to the gateway serves it to others.</summary>
    public bool HasSecrets => Array.Exists(_keys, key => key.Algorithm == JwtAlgorithm.HS256);

    /// <summary>
    /// Keys that may have signed a token: the one of its <c>kid</c>, and those without one; all, when the token names none. Only those
    /// of the token's algorithm.
    /// </summary>
    public IEnumerable<JwtKey> Candidates(string? id, JwtAlgorithm algorithm)
    {
        foreach (var key in _keys)
        {
            if (key.Algorithm == algorithm && (id is null || key.Id is null || string.Equals(key.Id, id, StringComparison.Ordinal))) yield return key;
        }
    }

    /// <summary>Reads a set, or a single key.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="set">The usable keys; at least one.</param>
    /// <param name="error">What is wrong, without any key material.</param>
    public static bool TryRead(ReadOnlyMemory<byte> json, out JwkSet set, out string error)
    {
        set = null!;
        error = "";
        if (json.Length > MaxBytes)
        {
            error = $"is larger than {MaxBytes} bytes";
            return false;
        }

        if (!StrictJson.TryParse(json, out var document))
        {
            error = "is no JSON, too deep, or has a property twice";
            return false;
        }

        using (document)
        {
            var keys = new List<JwtKey>();
            if (!TryReadKeys(document.RootElement, keys, out error)) return false;
            set = new JwkSet(keys);
            return true;
        }
    }

    private static bool TryReadKeys(JsonElement root, List<JwtKey> keys, out string error)
    {
        error = "is no JWK set: an object with an array 'keys'";
        if (root.ValueKind != JsonValueKind.Object) return false;
        if (!root.TryGetProperty("keys", out var entries))
        {
            if (!TryReadOne(root, keys, ref error)) return false;
        }
        else
        {
            if (entries.ValueKind != JsonValueKind.Array) return false;
            if (entries.GetArrayLength() > MaxKeys)
            {
                error = $"has more than {MaxKeys} keys";
                return false;
            }

            foreach (var entry in entries.EnumerateArray())
            {
                if (!TryReadOne(entry, keys, ref error)) return false;
            }
        }

        if (keys.Count == 0)
        {
            error = "has no key to verify HS256, RS256 or ES256 signatures with";
            return false;
        }

        return true;
    }

    private static bool TryReadOne(JsonElement entry, List<JwtKey> keys, ref string error)
    {
        switch (JwkReader.Read(entry, out var key, out var fault))
        {
            case JwkReader.Ending.OtherPurpose:
                return true;
            case JwkReader.Ending.Refused:
                error = $"has a key that is not acceptable: {fault}";
                return false;
        }

        if (key!.Id is { } id && keys.Exists(k => string.Equals(k.Id, id, StringComparison.Ordinal)))
        {
            error = "has the same 'kid' twice";
            return false;
        }

        keys.Add(key);
        return true;
    }
}
