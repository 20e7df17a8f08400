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
        // 1.
        var footers = new SlabFooter?[slabs.Length];
        try
        {
            Parallel.For(0, slabs.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, i =>
            {
                slabs[i].Open();
                footers[i] = slabs[i].Generation == 0 ? null : FooterOf(slabs[i]);
            });
        }
        catch (AggregateException e)
        {
            // Callers know what a disk throws.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        // 2.
        var order = Enumerable.Range(0, slabs.Length).Where(i => slabs[i].Generation > 0).OrderBy(i => slabs[i].Generation).ToArray();
        var records = new List<DiskPlace>();
        var end = 1;
        foreach (var i in order)
        {
            records = [.. footers[i]?.Records ?? []];
            end = footers[i]?.End ?? 1;
            foreach (var record in records) index.Set(record);

            // 3.
            if (footers[i] is null || i == order[^1]) end = Scan(slabs[i], records, end);
        }

        return (order.Length == 0 ? null : slabs[order[^1]], records, end);
    }

    private SlabFooter? FooterOf(Slab slab)
    {
        var bytes = new byte[SlabLayout.Block];
        var offset = (long)layout.EndOfRecords * SlabLayout.Block;
        if (slab.Read(bytes, offset) < bytes.Length) return null;
        var count = SlabFooter.CountOf(bytes);
        if (count == 0 || count > layout.MostRecords) return null;
        bytes = new byte[SlabFooter.BytesFor(count)];
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
