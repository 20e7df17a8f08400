using System.Runtime.ExceptionServices;

namespace Gateway.Caching.Disk;

/// <summary>
/// Builds the index anew at the start: 1. each slab's head and footer are read, several at a time; 2. the slabs' records are named in the order in which they were appended, so that of two
/// copies the newer one stays; 3. the newest slab, and any whose footer is not whole, is read on from there record by record, to the first block that is not one of this generation.
/// <para>
/// The writer appends one record behind the other. So what comes before a whole head was written wholly, and only the last one that is found has its body read and checked.
/// </para>
/// </summary>
internal sealed class Recovery(SlabLayout layout, Slab[] slabs, DiskIndex index, DiskKeys keys, ulong seed)
{
    /// <summary>Slabs whose footers are read at once: a disk that turns sorts them.</summary>
    private const int AtOnce = 8;

    private byte[] _buffer = new byte[RecordHead.MostBytes];

    /// <summary>Records found behind a footer.</summary>
    public int Scanned { get; private set; }

    /// <summary>Names what is there; returns the slab that goes on, with its records and its end.</summary>
    public (Slab? Active, List<DiskPlace> Records, int End) Run()
    {
        try
        {
            // 1.
            Parallel.ForEach(slabs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, static slab => slab.Open());
            var order = slabs.Where(static slab => slab.Generation > 0).OrderBy(static slab => slab.Generation).ToArray();

            // 2. Footers are read ahead while those before them are named.
            var records = new List<DiskPlace>();
            var end = 1;
            var at = 0;
            foreach (var footer in order.AsParallel().AsOrdered().WithDegreeOfParallelism(AtOnce).WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(FooterOf))
            {
                var slab = order[at++];
                // The slabs are alike: so the index does not grow step by step.
                if (at == 1) index.Reserve((footer?.Records.Length ?? 0) * order.Length);
                index.SetAll(footer?.Records);
                if (footer is not null && at < order.Length) continue;

                // 3.
                records = [.. footer?.Records ?? []];
                end = Scan(slab, records, footer?.End ?? 1);
            }

            return (order.Length == 0 ? null : order[^1], records, end);
        }
        catch (AggregateException e)
        {
            // Callers know what a disk throws.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            throw;
        }
    }

    private SlabFooter? FooterOf(Slab slab)
    {
        var bytes = new byte[SlabLayout.Block];
        var offset = (long)layout.EndOfRecords * SlabLayout.Block;
        if (slab.Read(bytes, offset) < bytes.Length) return null;
        var count = SlabFooter.CountOf(bytes);
        if (count == 0 || count > layout.MostRecords) return null;
        bytes = GC.AllocateUninitializedArray<byte>(SlabFooter.BytesFor(count));
        if (slab.Read(bytes, offset) < bytes.Length) return null;
        return SlabFooter.Read(seed, bytes) is { } footer && footer.Generation == slab.Generation && IsPossible(footer, slab) ? footer : null;
    }

    private bool IsPossible(SlabFooter footer, Slab slab)
    {
        if (footer.End < 1 || footer.End > layout.EndOfRecords) return false;
        foreach (var record in footer.Records)
        {
            if (record.Blocks == 0 || record.Block <= slab.FirstBlock || record.Block + (long)record.Blocks > slab.FirstBlock + (long)footer.End) return false;
        }

        return true;
    }

    private int Scan(Slab slab, List<DiskPlace> records, int from)
    {
        RecordHead? last = null;
        var block = from;
        while (block < layout.EndOfRecords && records.Count < layout.MostRecords)
        {
            var place = new DiskPlace(0, 0, slab.FirstBlock + (uint)block, 0);
            if (RecordSource.ReadHead(slab, place, seed, ref _buffer) is not { } head || block + (long)SlabLayout.BlocksFor(head.RecordBytes) > layout.EndOfRecords) break;
            if (last is { IsReplaced: false }) Name(records[^1]);
            last = head;
            var key = keys.Of(head.Key, head.Vary);
            records.Add(new DiskPlace(key.Object, (uint)key.Variant, place.Block, (uint)SlabLayout.BlocksFor(head.RecordBytes)));
            block += SlabLayout.BlocksFor(head.RecordBytes);
        }

        if (last is null) return block;
        var at = (long)(records[^1].Block - slab.FirstBlock) * SlabLayout.Block;
        if (RecordSource.IsWhole(slab, at, last, seed, _buffer))
        {
            if (!last.IsReplaced) Name(records[^1]);
            return block;
        }

        block = (int)(records[^1].Block - slab.FirstBlock);
        records.RemoveAt(records.Count - 1);
        return block;
    }

    private void Name(DiskPlace record)
    {
        Scanned++;
        index.Set(record);
    }
}
