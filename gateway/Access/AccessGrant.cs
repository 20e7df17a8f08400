using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Access;

/// <summary>What a credential allows its holder.</summary>
internal sealed record AccessGrant
{
    /// <summary>In Open mode: nobody in particular may do everything.</summary>
    public static readonly AccessGrant Anyone = new();

    /// <summary>Whether no credential was needed for it.</summary>
    public bool IsForEverybody => ReferenceEquals(this, Anyone);

    /// <summary>Opaque name of the user, the same on every gateway; empty for nobody in particular.</summary>
    public string User { get; init; } = "";

    /// <summary>Which paths it opens.</summary>
    public MediaGrant Media { get; init; } = MediaGrant.Everything;

    /// <summary>Most streams at a time; 0 = no limit.</summary>
    public int MaxStreams { get; init; }

    /// <summary>Highest bitrate in kbit/s; 0 = no limit.</summary>
    public int MaxKbps { get; init; }

    /// <summary>
    /// Names a user without telling who it is: tickets travel in URLs, and subjects are often mail addresses. Issuers are told apart. 96 bits:
    /// two users of one gateway never meet.
    /// </summary>
    public static string UserOf(string? issuer, string? subject)
    {
        if (string.IsNullOrEmpty(subject)) return "";
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{subject}"), digest);
        return Base64Url.EncodeToString(digest[..12]);
    }
}
