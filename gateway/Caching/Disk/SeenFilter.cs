namespace Gateway.Caching.Disk;

/// <summary>
/// Remembers which objects were requested of late, in a fixed 1 MiB: a cell by one part of the hash, with another part in it. A newer object takes the cell of an older one, so it forgets; that it takes one object for
/// another happens once in four billion, and costs a write. Written without a lock.
/// </summary>
internal sealed class SeenFilter
{
    private const int Cells = 1 << 18;

    private readonly uint[] _cells = new uint[Cells];

    /// <summary>Whether it was seen before; from now on it was.</summary>
    public bool WasSeen(ulong id)
    {
        ref var cell = ref _cells[(int)(id & (Cells - 1))];
        var mark = (uint)(id >> 32) | 1;
        if (cell == mark) return true;
        cell = mark;
        return false;
    }
}
