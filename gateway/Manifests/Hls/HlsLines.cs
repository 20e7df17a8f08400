using System.Buffers;
using System.Text;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Walks the lines of a playlist that say something: tags, comments and references, without the blanks around them. The one definition of a line.
/// </summary>
/// <remarks>
/// <para>A line ends with LF, CRLF, or CR alone: RFC 8216 §4.1 knows the first two, and players end a line at any of them (Shaka and ffmpeg by splitting,
/// hls.js because its patterns stop at either).</para>
/// <para>Blanks around a line do not belong to it. Players trim as JavaScript does, so an indented tag is a tag, and the blanks include the no-break
/// space, the byte order mark and the other space characters of Unicode.</para>
/// </remarks>
internal ref struct HlsLines
{
    private readonly ReadOnlySpan<byte> _text;
    private int _next;

    /// <param name="text">A playlist, or a part of one.</param>
    /// <param name="start">Where to begin.</param>
    public HlsLines(ReadOnlySpan<byte> text, int start = 0)
    {
        _text = text;
        _next = start;
    }

    /// <summary>The line without blanks around it; never empty.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Where <see cref="Content"/> begins.</summary>
    public int ContentStart { get; private set; }

    /// <summary>Where the line begins, blanks and all.</summary>
    public int Start { get; private set; }

    /// <summary>Where the next line begins.</summary>
    public readonly int End => _next;

    /// <summary>Whether it is a URI line; else it is a tag or a comment.</summary>
    public readonly bool IsReference => Content[0] != (byte)'#';

    /// <summary>Goes on to the next line that is not blank.</summary>
    public bool MoveNext()
    {
        while (_next < _text.Length)
        {
            Start = _next;
            var line = _text[_next..];
            var length = line.IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                _next = _text.Length;
            }
            else
            {
                _next += length + (line[length] == '\r' && length + 1 < line.Length && line[length + 1] == '\n' ? 2 : 1);
                line = line[..length];
            }

            if (line.IsEmpty) continue;
            ContentStart = Start;
            Content = line;
            if (IsOdd(line[0]))
            {
                Content = TrimStart(line);
                ContentStart += line.Length - Content.Length;
            }

            if (!Content.IsEmpty && IsOdd(Content[^1])) Content = TrimEnd(Content);
            if (!Content.IsEmpty) return true;
        }

        Content = [];
        return false;
    }

    /// <summary>The attribute list or value of a tag: what follows its name and the colon.</summary>
    /// <param name="tag">Name with number sign and colon.</param>
    /// <param name="value">What follows it; may be empty.</param>
    public readonly bool TryTake(ReadOnlySpan<byte> tag, out ReadOnlySpan<byte> value)
    {
        var found = Content.StartsWith(tag);
        value = found ? Content[tag.Length..] : [];
        return found;
    }

    /// <summary>Text without the blanks before it.</summary>
    public static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && BlankAt(text) is var length and > 0) text = text[length..];
        return text;
    }

    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (text[^1] is (byte)' ' or (byte)'\t' or (byte)'\v' or (byte)'\f')
            {
                text = text[..^1];
                continue;
            }

            if (text[^1] < 0x80) return text;
            var status = Rune.DecodeLastFromUtf8(text, out _, out var length);
            if (status != OperationStatus.Done || BlankAt(text[^length..]) != length) return text;
            text = text[..^length];
        }

        return text;
    }

    /// <summary>May begin or end a blank; everything that is printed in ASCII cannot.</summary>
    private static bool IsOdd(byte b) => b is <= (byte)' ' or >= 0x80;

    /// <summary>Bytes of the blank with which a text begins; 0 when it begins with none. The list is that of JavaScript's trim.</summary>
    private static int BlankAt(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)' ' or (byte)'\t' or (byte)'\v' or (byte)'\f' or (byte)'\r' or (byte)'\n', ..] => 1,
        [0xC2, 0xA0, ..] => 2,
        [0xE1, 0x9A, 0x80, ..] => 3,
        [0xE2, 0x80, (>= 0x80 and <= 0x8A) or 0xA8 or 0xA9 or 0xAF, ..] => 3,
        [0xE2, 0x81, 0x9F, ..] or [0xE3, 0x80, 0x80, ..] or [0xEF, 0xBB, 0xBF, ..] => 3,
        _ => 0,
    };
}
