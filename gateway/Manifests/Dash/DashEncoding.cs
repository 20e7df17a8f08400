using System.Text;
using System.Text.Unicode;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Tells the encoding of an XML document (XML 1.0 appendix F): by its byte-order mark, by the shape of its first bytes, by its declaration.
/// </summary>
internal static class DashEncoding
{
    private static readonly UnicodeEncoding LittleEndian = new(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding BigEndian = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);

    internal enum Kind
    {
        /// <summary>Invalid, or none that is read here (UTF-32, EBCDIC, multi-byte encodings without a mark).</summary>
        Refused,

        /// <summary>ASCII-compatible: markup can be found among the bytes as they are.</summary>
        Bytes,

        Utf16,
    }

    public static Kind Detect(ReadOnlySpan<byte> document, out Encoding encoding)
    {
        encoding = Encoding.UTF8;
        if (document is [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..]) return Kind.Refused;
        if (document is [0xFF, 0xFE, ..] or [(byte)'<', 0, not 0, 0, ..])
        {
            encoding = LittleEndian;
            return Kind.Utf16;
        }

        if (document is [0xFE, 0xFF, ..] or [0, (byte)'<', 0, not 0, ..])
        {
            encoding = BigEndian;
            return Kind.Utf16;
        }

        if (IsSingleByte(DeclaredName(document)))
        {
            // Whatever the code page says about the upper half: Latin-1 gives each byte a character and takes it back unchanged.
            encoding = Encoding.Latin1;
            return Kind.Bytes;
        }

        return Utf8.IsValid(document) ? Kind.Bytes : Kind.Refused;
    }

    /// <summary>Turns UTF-16 into UTF-8, byte-order mark and all; false for what is no valid UTF-16.</summary>
    public static bool TryToUtf8(ReadOnlySpan<byte> document, Encoding encoding, out byte[] utf8)
    {
        try
        {
            utf8 = Encoding.UTF8.GetBytes(encoding.GetString(document));
            return true;
        }
        catch (DecoderFallbackException)
        {
            utf8 = [];
            return false;
        }
    }

    private static bool IsSingleByte(ReadOnlySpan<byte> name) =>
        StartsWith(name, "iso-8859-"u8) || StartsWith(name, "iso8859-"u8) || StartsWith(name, "latin"u8) || StartsWith(name, "windows-125"u8);

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) =>
        name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix);

    private static ReadOnlySpan<byte> DeclaredName(ReadOnlySpan<byte> document)
    {
        if (!document.StartsWith("<?xml"u8)) return default;
        var end = document.IndexOf("?>"u8);
        if (end < 0) return default;
        for (var attributes = new XmlAttributes(document, 5..end); attributes.Read();)
        {
            if (attributes.Name.SequenceEqual("encoding"u8)) return attributes.Value;
        }

        return default;
    }
}
