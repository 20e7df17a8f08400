using Gateway.Origin;

namespace Gateway.Caching;

/// <summary>The door of the cache.</summary>
internal sealed class Cellar
{
    /// <summary>How full memory is; read by who might do less (prefetch).</summary>
    public CachePressure Pressure { get; } = CachePressure.Normal;

    /// <summary>Finds, joins or starts. Completes synchronously on a hit.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="leaving"/>.</exception>
    public ValueTask<CellarReply> OpenAsync(MediaRequest request, CancellationToken leaving) => throw new NotSupportedException();

    /// <summary>Like <see cref="OpenAsync"/>, for files of any size: fetched, kept and lent in aligned slices, so that a seek costs a slice and not the file.</summary>
    public ValueTask<CellarReply> OpenFileAsync(MediaRequest request, CancellationToken leaving) => throw new NotSupportedException();

    /// <summary>Starts a fetch ahead unless the object is held or on its way; false when it was not started.</summary>
    public bool FetchAhead(MediaRequest request) => throw new NotSupportedException();

    /// <summary>Whether the object is held and fresh, or being fetched.</summary>
    public bool Holds(MediaAddress address) => throw new NotSupportedException();

    /// <summary>Drops what is held of one address, as after an unsafe request (RFC 9111 §4.4).</summary>
    public void Invalidate(MediaAddress address) => throw new NotSupportedException();

    /// <summary>Drops everything below a path of a cluster; returns how many objects went.</summary>
    public int Purge(string cluster, string pathPrefix) => throw new NotSupportedException();
}
