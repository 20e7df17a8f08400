using Gateway.Connections.Sending;

namespace Gateway.Manifests;

/// <summary>A manifest as it goes out: a shared body where nothing had to change, else a buffer that goes back to its pool.</summary>
/// <param name="bytes">What is sent.</param>
/// <param name="owned">Holds the bytes, when nobody shares them.</param>
/// <param name="coding">Content coding of the bytes; null for none.</param>
internal readonly struct ManifestBody(ReadOnlyMemory<byte> bytes, PooledBuffer? owned, string? coding) : IDisposable
{
    public ReadOnlyMemory<byte> Bytes => bytes;

    public string? Coding => coding;

    /// <summary>Bytes of the budget that it holds.</summary>
    public int Taken => owned?.Taken ?? 0;

    /// <summary>A lease on the bytes. A shared body needs none: nobody changes it, and whoever has the bytes keeps it.</summary>
    public ByteLease Lend() => owned?.Lend() ?? default;

    public void Dispose() => owned?.Dispose();
}
