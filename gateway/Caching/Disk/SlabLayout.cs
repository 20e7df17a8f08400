namespace Gateway.Caching.Disk;

/// <summary>
/// How the tier's bytes are divided: slabs of one size, each a file of its own, used as a ring. A slab begins with a block for its head, then come the records, each at a block's
/// beginning; its end is kept free for the footer. Positions are counted in blocks over all slabs, so that 32 bits reach 16 TiB.
/// </summary>
/// <param name="SlabBytes">Bytes of a slab; a multiple of the block.</param>
/// <param name="Slabs">Number of slabs, at least three: one is written, one is kept empty for the next, the others are read.</param>
internal sealed record SlabLayout(long SlabBytes, int Slabs)
{
    public const int Block = 4096;

    /// <summary>Bytes of a record that a slab's footer has space for, on average. Objects that are smaller fill a slab by their number; so an index of any size is bounded as well.</summary>
    public const int LeastRecord = 32 << 10;

    /// <summary>
    /// Slabs that the tier is divided into. At the start the footer of each is read: so few are read in two seconds even from a disk that turns. And what is
    /// evicted at once is less than half a percent.
    /// </summary>
    private const int Usual = 256;

    /// <summary>Bytes of a small tier's slab: a slice of 4 MiB takes no more than a sixteenth of it.</summary>
    private const long LeastSlab = 64L << 20;

    public int BlocksPerSlab => (int)(SlabBytes / Block);

    /// <summary>Most records of one slab.</summary>
    public int MostRecords => (int)Math.Max(16, SlabBytes / LeastRecord);

    public int FooterBlocks => (SlabFooter.BytesFor(MostRecords) + Block - 1) / Block;

    /// <summary>Blocks of a slab that records may take; the first is number 1.</summary>
    public int EndOfRecords => BlocksPerSlab - FooterBlocks;

    /// <summary>Largest record: a quarter of a slab, so that the end of none is left empty for want of a small one.</summary>
    public long MostRecordBytes => (long)(EndOfRecords - 1) / 4 * Block;

    /// <summary>Pages of the table of invalidated addresses: a cell for each half a mebibyte, so that few addresses share one.</summary>
    public int CellPages => CellPagesFor(SlabBytes * Slabs);

    public int StatePages => 1 + CellPages + Invalidations.MostRules;

    public long Bytes => (SlabBytes * Slabs) + ((long)StatePages * Block);

    /// <summary>The layout of a tier of so many bytes at most.</summary>
    public static SlabLayout For(long maxBytes)
    {
        var left = maxBytes - ((1L + CellPagesFor(maxBytes) + Invalidations.MostRules) * Block);
        var slab = Math.Max(LeastSlab, left / Usual / Block * Block);
        return new SlabLayout(slab, (int)(left / slab));
    }

    private static int CellPagesFor(long bytes) => (int)Math.Clamp(bytes >> 28, 16, 1 << 15);

    public static int BlocksFor(long bytes) => (int)((bytes + Block - 1) / Block);
}
