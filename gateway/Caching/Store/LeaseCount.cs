using System.Diagnostics;

namespace Gateway.Caching.Store;

/// <summary>Counts the leases on an object, beginning with one. The count never rises from zero: after the last lease there is no new one. A mutable struct: keep it in a field.</summary>
internal struct LeaseCount
{
    private int _leases;

    public LeaseCount()
    {
        _leases = 1;
    }

    public readonly bool IsShared => Volatile.Read(in _leases) > 1;

    /// <summary>Adds a lease; false when the last one has been given back.</summary>
    public bool TryAdd()
    {
        var leases = Volatile.Read(ref _leases);
        while (leases > 0)
        {
            var seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases) return true;
            leases = seen;
        }

        return false;
    }

    /// <summary>Gives a lease back; true when this was the last one.</summary>
    public bool GiveBack()
    {
        var left = Interlocked.Decrement(ref _leases);
        Debug.Assert(left >= 0, "A lease was given back twice.");
        return left == 0;
    }
}
