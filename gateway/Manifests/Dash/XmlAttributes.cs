using System.Buffers;

namespace Gateway.Manifests.Dash;

/// <summary>Walks over the attributes of one start tag. What is no <c>name="value"</c> is stepped over.</summary>
internal ref struct XmlAttributes(ReadOnlySpan<byte> document, Range attributes)
{
    private static readonly SearchValues<byte> NameEnd = SearchValues.Create("= \t\r\n\"'"u8);

    private readonly ReadOnlySpan<byte> _document = document;
    private readonly int _end = attributes.End.Value;
    private int _position = attributes.Start.Value;
    private int _nameStart;
    private int _nameEnd;

    /// <summary>Qualified name.</summary>
    public readonly ReadOnlySpan<byte> Name => _document[_nameStart.._nameEnd];

    public int ValueStart { get; private set; }

    public int ValueLength { get; private set; }

    /// <summary>The quote that delimits the value.</summary>
    public byte Quote { get; private set; }

    public readonly ReadOnlySpan<byte> Value => _document.Slice(ValueStart, ValueLength);

    public bool Read()
    {
        while (true)
        {
            var rest = _document[_position.._end];
            var start = rest.IndexOfAnyExcept(" \t\r\n/"u8);
            if (start < 0) return false;
            _nameStart = _position + start;
            rest = rest[start..];
            var stop = rest.IndexOfAny(NameEnd);
            if (stop < 0) return false;
            _nameEnd = _nameStart + stop;
            var equals = rest[stop..].IndexOfAnyExcept(" \t\r\n"u8);
            if (equals < 0) return false;
            _position = _nameEnd + equals;
            if (_document[_position] != (byte)'=')
            {
                // A name without a value, or a stray quote: neither may stop the walk.
                if (_document[_position] is (byte)'"' or (byte)'\'') SkipQuoted();
                continue;
            }

            _position++;
            rest = _document[_position.._end];
            var quote = rest.IndexOfAnyExcept(" \t\r\n"u8);
            if (quote < 0) return false;
            _position += quote;
            Quote = _document[_position];
            if (Quote is not ((byte)'"' or (byte)'\'')) continue;
            if (!SkipQuoted()) return false;
            return true;
        }
    }

    private bool SkipQuoted()
    {
        var quote = _document[_position];
        ValueStart = _position + 1;
        ValueLength = _document[ValueStart.._end].IndexOf(quote);
        if (ValueLength < 0)
        {
            _position = _end;
            return false;
        }

        _position = ValueStart + ValueLength + 1;
        return true;
    }
}
