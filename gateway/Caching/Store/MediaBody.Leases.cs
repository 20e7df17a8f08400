using Gateway.Connections.Sending;

namespace Gateway.Caching.Store;

/// <content>Leases: who holds one may read the bytes until it is given back.</content>
internal sealed partial class MediaBody
{
    private MediaBody? _other;

    /// <summary>A lease on a complete body; false when the body has been freed, or is not complete.</summary>
    public bool TryLease() => IsComplete && !_window.IsOpen && _leases.TryAdd();

    /// <summary>Adds a lease for a caller that holds one already.</summary>
    public void AddLease()
    {
        if (!_leases.TryAdd()) throw new InvalidOperationException("A further lease needs a lease that is still held.");
    }

    /// <summary>Adds a lease for a caller that holds one already and lends bytes on; false where bytes do not stay.</summary>
    public bool TryLend(out ByteLease lease)
    {
        lease = default;
        if (!BytesStay || !_leases.TryAdd()) return false;
        lease = new ByteLease(this, static body => ((MediaBody)body).Release());
        return true;
    }

    /// <summary>
    /// Another body answers those who have joined this one, which carries nothing: it is kept until the last of them has gone over to it, or left. Called once, by the fetch, before it tells them; the caller holds a lease on the other.
    /// </summary>
    public void KeepForReaders(MediaBody other)
    {
        other.AddLease();
        _other = other;
    }

    /// <summary>Gives a lease back. The last one frees the blocks.</summary>
    public void Release()
    {
        if (!_leases.GiveBack()) return;
        _blocks.FreeAll();
        var other = _other;
        _other = null;
        other?.Release();
    }
}
