using Gateway.Caching.Policy;
using Gateway.Caching.Store;

namespace Gateway.Caching.Disk;

/// <summary>A copy that was found, with its slab held open. The fetch that looked for it disposes it.</summary>
/// <param name="slab">Entered already.</param>
internal sealed class DiskObject(DiskTier tier, DiskStore store, Slab slab, DiskPlace place, RecordHead record) : IDisposable
{
    private int _disposed;

    public RecordHead Record => record;

    /// <summary>Freshness as of now.</summary>
    public Freshness FreshnessAt(DateTimeOffset clock) => DiskAdmission.FreshnessOf(record, clock);

    /// <summary>What an entry that is made of it knows of its copy.</summary>
    public DiskUse UseOf()
    {
        store.Index.TryTouch(place.Slot, place.Object);
        return new DiskUse(store.Keys.Of(record.Key, record.Vary), record.AskedIn, place.Slot);
    }

    /// <summary>
    /// Reads the body, and completes it when every byte is as it was written. Nobody reads the body before that: so no wrong byte is ever sent. On false the body is of no use; a disk that hangs may
    /// still be writing into it, which is why the reading has a lease of its own.
    /// </summary>
    public ValueTask<bool> TryFillAsync(MediaBody body, CancellationToken cancellation) => tier.TryFillAsync(this, body, cancellation);

    /// <summary>The same on a thread that may block. The caller holds a lease on the body.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public bool Fill(MediaBody body)
    {
        var sum = new Checksum(store.Seed);
        var offset = ((long)(place.Block - slab.FirstBlock) * SlabLayout.Block) + record.Bytes;
        for (long missing = record.BodyLength; missing > 0;)
        {
            var space = body.Space(out _).Span;
            var piece = space[..(int)Math.Min(space.Length, missing)];
            if (slab.Read(piece, offset) < piece.Length) break;
            sum.Append(piece);
            body.Land(piece.Length);
            offset += piece.Length;
            missing -= piece.Length;
        }

        if (body.Available == record.BodyLength && sum.Value == record.BodySum) return body.TryComplete();
        store.Index.Remove(place);
        return false;
    }

    /// <summary>A further hold of the slab, for a thread that reads it; false when it is being emptied.</summary>
    public bool TryEnter() => slab.TryEnter();

    public void Leave() => slab.Leave();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) slab.Leave();
    }
}
