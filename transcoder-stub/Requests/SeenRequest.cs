namespace TranscoderStub.Requests;

/// <summary>One request as it came in, and what became of it.</summary>
internal sealed record SeenRequest(DateTimeOffset Time, string Method, string Path, string Query, string? Range)
{
    /// <summary>By lower-case name; credentials are masked, long values are cut.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Null as long as it is being answered.</summary>
    public int? Status { get; init; }

    /// <summary>Bytes of the body that were handed to the connection.</summary>
    public long SentBytes { get; init; }

    /// <summary>Whether the client left before the end.</summary>
    public bool HungUp { get; init; }
}
