using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Access.Tickets;

/// <summary>
/// The folder that a ticket opens: a path that begins and ends with a slash, or, when that is too long to repeat in every URL, its length
/// and digest: <c>#412.b64url</c>. Both spell one folder and nothing beside it.
/// </summary>
internal static class TicketScope
{
    /// <summary>Longer folders are given by digest, which keeps a ticket below 200 characters.</summary>
    internal const int MaxPlainLength = 48;

    private const int DigestBytes = 16;

    /// <param name="prefix">Folder, begins and ends with a slash.</param>
    public static string Of(string prefix)
    {
        if (prefix is not ['/', ..] || prefix[^1] != '/') throw new ArgumentException("A scope begins and ends with a slash.", nameof(prefix));
        if (prefix.Length <= MaxPlainLength) return prefix;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(prefix), digest);
        return string.Create(CultureInfo.InvariantCulture, $"#{prefix.Length}.{Base64Url.EncodeToString(digest[..DigestBytes])}");
    }

    /// <summary>The folder in which a path lies: everything up to its last slash.</summary>
    public static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];

    /// <summary>Whether a path lies in the folder that <paramref name="scope"/> spells, or deeper.</summary>
    public static bool Holds(string scope, string path)
    {
        if (scope is not ['#', ..]) return scope.Length > 0 && path.StartsWith(scope, StringComparison.Ordinal);
        var dot = scope.IndexOf('.');
        return dot > 0
            && int.TryParse(scope.AsSpan(1, dot - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length > MaxPlainLength
            && path.Length >= length
            && path[length - 1] == '/'
            && string.Equals(Of(path[..length]), scope, StringComparison.Ordinal);
    }
}
