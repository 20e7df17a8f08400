using System.Buffers;

namespace Gateway.Manifests.Dash;

/// <summary>A growing list on the shared array pool: an MPD that lists 10,000 absolute URLs leaves no garbage behind.</summary>
/// <remarks>For one owner at a time.</remarks>
internal sealed class PooledList<T> : IDisposable
    where T : struct
{
    private T[] _items = ArrayPool<T>.Shared.Rent(64);

    public int Count { get; private set; }

    /// <summary>The items; invalid after the next <see cref="Add"/>.</summary>
    public Span<T> Items => _items.AsSpan(0, Count);

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            var larger = ArrayPool<T>.Shared.Rent(Count * 2);
            Items.CopyTo(larger);
            ArrayPool<T>.Shared.Return(_items);
            _items = larger;
        }

        _items[Count++] = item;
    }

    public void Dispose()
    {
        var items = _items;
        _items = [];
        Count = 0;
        if (items.Length > 0) ArrayPool<T>.Shared.Return(items);
    }
}
