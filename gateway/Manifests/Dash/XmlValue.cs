using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Gateway.Manifests.Dash;

/// <summary>Converts between a value and the bytes that spell it in an XML document.</summary>
internal static class XmlValue
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("&<>\"'"u8);

    /// <summary>Whether the bytes are the value as they stand.</summary>
    public static bool IsLiteral(ReadOnlySpan<byte> raw, DashSpelling spelling) =>
        spelling == DashSpelling.CData || (spelling != DashSpelling.Mixed && raw.IndexOf((byte)'&') < 0);

    /// <summary>
    /// Reads a value. Only the five predefined entities and character references are expanded, since a document with its own entities is
    /// refused; an unknown or broken reference stays as it is spelled.
    /// </summary>
    /// <param name="raw">Its bytes in the document.</param>
    /// <param name="spelling">How it is spelled.</param>
    /// <param name="isUtf8">Characters beyond ASCII become UTF-8, or else the percent escapes that a client would make of them.</param>
    /// <param name="value">Gets the value; twice as long as <paramref name="raw"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Decode(ReadOnlySpan<byte> raw, DashSpelling spelling, bool isUtf8, Span<byte> value)
    {
        if (spelling != DashSpelling.Mixed) return DecodeRun(raw, spelling, isUtf8, value);
        var used = 0;
        for (var position = 0; TryReadRun(raw, ref position, out var run, out var how);) used += DecodeRun(raw[run], how, isUtf8, value[used..]);
        return used;
    }

    /// <summary>Spells a value so that it reads back as itself at its place.</summary>
    public static void Encode(ReadOnlySpan<byte> value, DashSpelling spelling, IBufferWriter<byte> output)
    {
        // A CDATA section ends at "]]>" only: no URL out of one contains it, and what is put in front of a URL has no brackets.
        for (; spelling != DashSpelling.CData;)
        {
            var special = value.IndexOfAny(Special);
            if (special < 0) break;
            output.Write(value[..special]);
            output.Write(value[special] switch
            {
                (byte)'&' => "&amp;"u8,
                (byte)'<' => "&lt;"u8,
                (byte)'>' => "&gt;"u8,
                (byte)'"' => "&quot;"u8,
                _ => "&#39;"u8,
            });
            value = value[(special + 1)..];
        }

        output.Write(value);
    }

    /// <summary>Steps through interrupted text: gives the next run of characters and how it is spelled; comments and instructions are passed.</summary>
    /// <returns>False at the end.</returns>
    public static bool TryReadRun(ReadOnlySpan<byte> raw, ref int position, out Range run, out DashSpelling spelling)
    {
        run = default;
        spelling = DashSpelling.Text;
        while (position < raw.Length)
        {
            var rest = raw[position..];
            if (rest[0] != (byte)'<')
            {
                var markup = rest.IndexOf((byte)'<');
                var length = markup < 0 ? rest.Length : markup;
                run = position..(position + length);
                position += length;
                return true;
            }

            var isCData = rest.StartsWith("<![CDATA["u8);
            var opening = isCData ? 9 : rest.StartsWith("<!--"u8) ? 4 : rest.StartsWith("<?"u8) ? 2 : 1;
            var closing = opening switch { 9 => "]]>"u8, 4 => "-->"u8, 2 => "?>"u8, _ => ">"u8 };
            var end = rest[opening..].IndexOf(closing);
            if (end < 0) return false;
            var start = position + opening;
            position = start + end + closing.Length;
            if (!isCData) continue;
            run = start..(start + end);
            spelling = DashSpelling.CData;
            return true;
        }

        return false;
    }

    private static int DecodeRun(ReadOnlySpan<byte> raw, DashSpelling spelling, bool isUtf8, Span<byte> value)
    {
        var used = 0;
        while (spelling != DashSpelling.CData)
        {
            var start = raw.IndexOf((byte)'&');
            if (start < 0) break;

            // "&#x10FFFF;" is the longest there is; looking no further keeps a storm of ampersands linear.
            var near = raw.Slice(start, Math.Min(raw.Length - start, 16));
            var end = near.IndexOf((byte)';');
            Copy(raw[..start], value, ref used);
            if (end > 1 && TryExpand(near[1..end], isUtf8, value[used..], out var length))
            {
                used += length;
                raw = raw[(start + end + 1)..];
                continue;
            }

            value[used++] = (byte)'&';
            raw = raw[(start + 1)..];
        }

        Copy(raw, value, ref used);
        return used;
    }

    private static void Copy(ReadOnlySpan<byte> from, Span<byte> to, ref int used)
    {
        from.CopyTo(to[used..]);
        used += from.Length;
    }

    private static bool TryExpand(ReadOnlySpan<byte> reference, bool isUtf8, Span<byte> value, out int length)
    {
        length = 1;
        if (reference[0] != (byte)'#')
        {
            var character = reference.SequenceEqual("amp"u8) ? '&' : reference.SequenceEqual("lt"u8) ? '<' : reference.SequenceEqual("gt"u8) ? '>'
                : reference.SequenceEqual("quot"u8) ? '"' : reference.SequenceEqual("apos"u8) ? '\'' : '\0';
            value[0] = (byte)character;
            return character != '\0';
        }

        var hex = reference.StartsWith("#x"u8);
        var digits = reference[(hex ? 2 : 1)..];
        if (!Utf8Parser.TryParse(digits, out uint code, out var read, hex ? 'X' : 'D') || read != digits.Length || !Rune.IsValid(code)) return false;
        var rune = new Rune(code);
        if (isUtf8 || rune.IsAscii)
        {
            length = rune.EncodeToUtf8(value);
            return true;
        }

        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..rune.EncodeToUtf8(utf8)];
        length = 0;
        foreach (var b in utf8)
        {
            value[length++] = (byte)'%';
            Utf8Formatter.TryFormat(b, value[length..], out _, new StandardFormat('X', 2));
            length += 2;
        }

        return true;
    }
}
