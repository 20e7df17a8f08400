namespace Gateway.Live.Storage;

/// <summary>An object that is being read.</summary>
/// <param name="Content">Read once, from the beginning.</param>
/// <param name="Length">Bytes.</param>
internal sealed record StoredObject(Stream Content, long Length) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
