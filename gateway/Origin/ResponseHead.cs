namespace Gateway.Origin;

/// <summary>
/// A response's status and header fields as they came from upstream, without the hop-by-hop ones (RFC 9110 §7.6.1). Immutable, so that a
/// fetch, its readers and the cache share one instance. A response has a dozen fields: a scan over an array beats any dictionary.
/// </summary>
internal sealed class ResponseHead(int status, HeaderLine[] fields)
{
    /// <summary>Final status code, 200–599.</summary>
    public int Status { get; } = status;

    /// <summary>The field lines in the order of arrival; a field that came in several lines appears several times.</summary>
    public ReadOnlySpan<HeaderLine> Fields => fields;

    /// <summary>Value of the field's first line.</summary>
    public bool TryGet(string name, out string value)
    {
        foreach (ref readonly var field in Fields)
        {
            if (!field.Is(name)) continue;
            value = field.Value;
            return true;
        }

        value = string.Empty;
        return false;
    }

    /// <summary>Value of the field's first line, or null.</summary>
    public string? this[string name] => TryGet(name, out var value) ? value : null;

    /// <summary>All lines of a list field as one value, joined by a comma (RFC 9110 §5.3); null when the field is absent.</summary>
    public string? Combined(string name)
    {
        string? all = null;
        foreach (ref readonly var field in Fields)
        {
            if (field.Is(name)) all = all is null ? field.Value : $"{all}, {field.Value}";
        }

        return all;
    }
}
