using System.Security.Cryptography;

namespace Gateway.Admin;

/// <summary>The operators' keys in force. A snapshot that is swapped whole; thread-safe.</summary>
internal sealed class AdminKeys
{
    private volatile AdminKey[] _keys;

    public AdminKeys(AdminOptions options) => _keys = [.. options.Keys()];

    /// <summary>Whether any key is configured.</summary>
    public bool Any => _keys.Length > 0;

    public void Replace(IEnumerable<AdminKey> keys) => _keys = [.. keys];

    /// <summary>The id of the key that was shown, or null. All are compared, so that timing does not tell which one was close.</summary>
    public string? Find(string shown)
    {
        var digest = AdminKey.DigestOf(shown);
        string? id = null;
        foreach (var key in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(digest, key.Digest)) id = key.Id;
        }

        return id;
    }
}
