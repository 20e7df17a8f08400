namespace Gateway.Live.Storage;

/// <summary>
/// Where chunks and segments lie, by the keys of <see cref="Keys.StreamChunkKey"/>. An object is there whole or not at all, and what a write has confirmed survives the loss of the process. Thread-safe.
/// </summary>
/// <remarks>Failures of the store are <see cref="IOException"/>s: the caller says "come again" to whoever waits.</remarks>
internal interface IObjectStore
{
    /// <summary>Writes an object from a file, which is left where it is.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="file">Path of the file.</param>
    /// <param name="replaces">Whether an object of this key is replaced; else it stays.</param>
    /// <param name="stopping">Ends the write, of which nothing remains.</param>
    /// <returns>False when there is one already, and it stayed.</returns>
    Task<bool> WriteAsync(string key, string file, bool replaces, CancellationToken stopping);

    /// <summary>Opens an object; null where there is none. The caller disposes it.</summary>
    Task<StoredObject?> OpenAsync(string key, CancellationToken stopping);

    /// <summary>Deletes everything whose key begins so; what is not there is no error.</summary>
    Task DeleteAsync(string prefix, CancellationToken stopping);

    /// <summary>Whether objects can be written and read.</summary>
    /// <exception cref="IOException">They cannot; the message names the knob.</exception>
    Task CheckAsync(CancellationToken stopping);
}
