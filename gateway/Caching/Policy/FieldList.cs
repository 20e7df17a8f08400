namespace Gateway.Caching.Policy;

/// <summary>Walks the members of a comma-separated field value (RFC 9110 §5.6.1), quoted strings respected, empty members skipped, nothing copied.</summary>
internal ref struct FieldList(ReadOnlySpan<char> value)
{
    private ReadOnlySpan<char> _rest = value;

    /// <summary>The current member, without the white space around it.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    public readonly FieldList GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = MemberEnd(_rest);
            Current = _rest[..end].Trim(" \t");
            _rest = end < _rest.Length ? _rest[(end + 1)..] : default;
            if (!Current.IsEmpty) return true;
        }

        return false;
    }

    private static int MemberEnd(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    return i;
            }
        }

        return text.Length;
    }
}
