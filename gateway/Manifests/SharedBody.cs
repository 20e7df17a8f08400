namespace Gateway.Manifests;

/// <summary>A body that goes out to many as it is, with its compressed forms, each made once. Thread-safe; two callers that ask first at one instant both make it.</summary>
internal sealed class SharedBody(ReadOnlyMemory<byte> bytes)
{
    private byte[]? _brotli;
    private byte[]? _gzip;

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Memory of the compressed forms.</summary>
    public long CodedBytes => (Volatile.Read(ref _brotli)?.Length ?? 0L) + (Volatile.Read(ref _gzip)?.Length ?? 0L);

    /// <param name="coding">Content coding: <c>br</c> or <c>gzip</c>.</param>
    /// <param name="budget">Where the memory is taken from while it is made.</param>
    /// <exception cref="ManifestRefusedException">There is no memory for it.</exception>
    public ReadOnlyMemory<byte> In(string coding, RewritingBudget budget)
    {
        ref var form = ref coding == "br" ? ref _brotli : ref _gzip;
        if (Volatile.Read(ref form) is { } known) return known;
        using var coded = BodyEncoding.Encode(bytes.Span, coding, thoroughly: true, budget);
        var made = coded.Written.ToArray();
        Volatile.Write(ref form, made);
        return made;
    }
}
