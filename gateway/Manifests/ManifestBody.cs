namespace Gateway.Manifests;

/// <summary>A manifest as it goes out: the shared upstream body where nothing had to change, else a buffer that goes back to its pool.</summary>
internal readonly struct ManifestBody(ReadOnlyMemory<byte> bytes, PooledBuffer? owned) : IDisposable
{
    public ReadOnlyMemory<byte> Bytes => bytes;

    public void Dispose() => owned?.Dispose();
}
