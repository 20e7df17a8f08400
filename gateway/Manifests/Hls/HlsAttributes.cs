namespace Gateway.Manifests.Hls;

/// <summary>
/// Walks an attribute list (RFC 8216 §4.2) in place. Tolerates what players tolerate: blanks around names and values, values without
/// quotes, empty entries. Ends early at a quote that is never closed, because the end of that value is unknown.
/// </summary>
internal ref struct HlsAttributes
{
    private readonly ReadOnlySpan<byte> _list;
    private int _next;

    public HlsAttributes(ReadOnlySpan<byte> list) => _list = list;

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Without its quotes.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where <see cref="Value"/> begins in the list.</summary>
    public int ValueStart { get; private set; }

    public bool IsQuoted { get; private set; }

    public bool MoveNext()
    {
        while (true)
        {
            while (_next < _list.Length && _list[_next] is (byte)' ' or (byte)'\t' or (byte)',') _next++;
            var rest = _list[_next..];
            var end = rest.IndexOfAny((byte)'=', (byte)',');
            if (end < 0) return false;
            if (rest[end] == '=')
            {
                Name = rest[..end].TrimEnd(" \t"u8);
                return TryReadValue(_next + end + 1);
            }

            _next += end + 1;
        }
    }

    /// <summary>Value of the first attribute with a name; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> list, ReadOnlySpan<byte> name)
    {
        var attributes = new HlsAttributes(list);
        while (attributes.MoveNext())
        {
            if (attributes.Name.SequenceEqual(name)) return attributes.Value;
        }

        return [];
    }

    private bool TryReadValue(int start)
    {
        while (start < _list.Length && _list[start] is (byte)' ' or (byte)'\t') start++;
        IsQuoted = start < _list.Length && _list[start] == '"';
        if (IsQuoted) start++;
        var rest = _list[start..];
        var end = rest.IndexOf(IsQuoted ? (byte)'"' : (byte)',');
        if (end < 0)
        {
            if (IsQuoted) return false;
            end = rest.Length;
        }

        ValueStart = start;
        Value = IsQuoted ? rest[..end] : rest[..end].TrimEnd(" \t"u8);
        _next = start + end;
        if (!IsQuoted) return true;
        var comma = rest[end..].IndexOf((byte)',');
        _next = comma < 0 ? _list.Length : _next + comma + 1;
        return true;
    }
}
