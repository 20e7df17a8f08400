using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Access.Revocation;

/// <summary>A token, subject or user that is refused until a time.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Name">A digest, since a subject may be a mail address and a store keeps what it is given; of a user, the opaque name that it has in any case.</param>
/// <param name="Until">A time in the past lifts the revocation.</param>
internal readonly record struct RevocationEntry(RevocationKind Kind, string Name, DateTimeOffset Until)
{
    public static string NameOf(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 12));
}
