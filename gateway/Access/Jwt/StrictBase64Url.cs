using System.Buffers.Text;

namespace Gateway.Access.Jwt;

/// <summary>Base64url without padding, white space or stray bits (RFC 4648 §3.5, RFC 7515 §2): one spelling per value.</summary>
internal static class StrictBase64Url
{
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text)) return false;
        bytes = Base64Url.DecodeFromChars(text);
        return text.SequenceEqual(Base64Url.EncodeToString(bytes));
    }
}
