using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Json;

/// <summary>
/// Reads untrusted JSON. An accepted document can be read to the end without an exception: every string and every property name is text, nothing is nested
/// deeper than <see cref="MaxDepth"/>, no object has a property twice.
/// </summary>
/// <remarks>
/// The parser of .NET takes two things that are no text and throws when they are read: bytes that are no UTF-8, and halves of surrogate pairs written as escapes
/// (RFC 8259 §8.2 leaves them to the receiver; RFC 7493 §2.1 forbids them). Property names among them throw inside the parser, where duplicates are looked for.
/// </remarks>
internal static class StrictJson
{
    /// <summary>Deeper than any body, token or key set that the gateway reads.</summary>
    public const int MaxDepth = 8;

    private const int EscapeLength = 6;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <param name="json">UTF-8, not changed while the document is in use.</param>
    /// <param name="document">The caller's to dispose.</param>
    public static bool TryParse(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(json.Span) || HasHalfPair(json.Span)) return false;
        try
        {
            document = JsonDocument.Parse(json, Options);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Backslashes stand only within strings, so no string has to be found. What is no escape at all is the parser's to refuse.</summary>
    private static bool HasHalfPair(ReadOnlySpan<byte> json)
    {
        while (true)
        {
            var at = json.IndexOf((byte)'\\');
            if (at < 0) return false;
            json = json[at..];
            var unit = UnitAt(json);
            if (unit is >= 0xDC00 and <= 0xDFFF) return true;
            if (unit is not (>= 0xD800 and <= 0xDBFF))
            {
                json = json[Math.Min(2, json.Length)..];
                continue;
            }

            json = json[EscapeLength..];
            if (UnitAt(json) is not (>= 0xDC00 and <= 0xDFFF)) return true;
            json = json[EscapeLength..];
        }
    }

    /// <summary>The UTF-16 code unit of an escape <c>\uXXXX</c>; -1 where none stands.</summary>
    private static int UnitAt(ReadOnlySpan<byte> text)
    {
        if (text.Length < EscapeLength || text[0] != '\\' || text[1] != 'u') return -1;
        return Utf8Parser.TryParse(text[2..EscapeLength], out ushort unit, out var read, 'x') && read == EscapeLength - 2 ? unit : -1;
    }
}
