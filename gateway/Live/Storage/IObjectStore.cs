namespace Gateway.Live.Storage;

/// <summary>
/// Where chunks and segments lie, by the keys of <see cref="Keys.StreamChunkKey"/>. An object is there whole or not at all, what a write has confirmed survives the loss of power, and nothing that lies under
/// a key is ever replaced. Thread-safe.
/// </summary>
/// <remarks>Failures of the store are <see cref="IOException"/>s: the caller says "come again" to whoever waits.</remarks>
internal interface IObjectStore
{
    /// <summary>
    /// Whether of several writers of one key exactly one is told that it wrote it, however slow they are. Where not, two may be told so, and the later one's bytes lie there: such a store is given
    /// keys that tell the bytes. Known once <see cref="CheckAsync"/> has been called.
    /// </summary>
    bool CreatesAtomically { get; }

    /// <summary>Makes an object of a file, which is left where it is.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="file">Path of the file.</param>
    /// <param name="stopping">Ends the write, of which nothing remains.</param>
    /// <returns>False when there is one already, and it stayed.</returns>
    Task<bool> CreateAsync(string key, string file, CancellationToken stopping);

    /// <summary>Opens an object; null where there is none. The caller disposes it.</summary>
    Task<StoredObject?> OpenAsync(string key, CancellationToken stopping);

    /// <summary>Deletes everything whose key begins so; what is not there is no error.</summary>
    Task DeleteAsync(string prefix, CancellationToken stopping);

    /// <summary>Bytes of everything whose key begins so: a folder, with its slash.</summary>
    Task<long> MeasureAsync(string prefix, CancellationToken stopping);

    /// <summary>Whether objects can be written and read.</summary>
    /// <exception cref="IOException">They cannot; the message names the knob.</exception>
    Task CheckAsync(CancellationToken stopping);
}
