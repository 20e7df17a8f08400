namespace Gateway.Origin;

/// <summary>One header field line, name in the sender's spelling; names are compared without regard to case.</summary>
internal readonly record struct HeaderLine(string Name, string Value)
{
    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);
}
