using System.Buffers.Binary;
using System.Globalization;

namespace Gateway.Caching.Disk;

/// <summary>
/// Purges that were told to a process that could not open the folder, because another one has it: a small file each, beside the slabs. Whoever opens the folder next applies them, and removes them then. They name no
/// number: everything that was fetched until the folder is opened counts as older.
/// </summary>
internal static class PurgeNotes
{
    private const string Prefix = "purge-";

    /// <summary>Of a note that is being written.</summary>
    private const string Unfinished = "new-purge-";

    /// <summary>The note that purges everything, and needs no other beside it.</summary>
    private const string OfAll = Prefix + "all";

    /// <summary>From so many notes on, the next is the one about everything. Writers that come at once each count before they write, so there may be some more.</summary>
    internal const int Most = 1024;

    private const ulong Seed = 0x4553_5255_5047_5453;

    /// <summary>Leaves a note, synced; false when the folder cannot be written.</summary>
    public static bool Write(DiskFiles files, PurgeRule rule)
    {
        var name = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        try
        {
            var known = files.Named(Prefix);
            if (known.Contains(OfAll)) return true;
            var isFull = known.Length >= Most;
            var page = new byte[SlabLayout.Block];
            (isFull ? rule with { Cluster = null, Prefix = "/" } : rule).ToPage().CopyTo(page, 0);
            BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(StateFile.PageBytes), Checksum.Of(Seed, page.AsSpan(0, StateFile.PageBytes)));
            files.WriteWhole(Unfinished + name, page);
            files.Rename(Unfinished + name, isFull ? OfAll : Prefix + name);
            return true;
        }
        catch (Exception e) when (DiskTier.IsOfTheDisk(e))
        {
            // A full disk would have one more of them with each purge.
            TryDelete(files, Unfinished + name);
            return false;
        }
    }

    private static void TryDelete(DiskFiles files, string name)
    {
        try
        {
            files.Delete(name);
        }
        catch (Exception e) when (DiskTier.IsOfTheDisk(e))
        {
            // Whoever applies notes removes it.
        }
    }

    /// <summary>Applies and removes what was left; a note that is damaged, or no plain file, purges everything.</summary>
    /// <exception cref="IOException">They are still there.</exception>
    public static void Apply(DiskFiles files, Invalidations invalidations)
    {
        var names = files.Named(Prefix);
        if (names.Length == 0) return;
        foreach (var name in names)
        {
            var rule = Read(files, name);
            invalidations.Purge(rule?.Cluster, rule?.Prefix ?? "/");
        }

        invalidations.Save();
        foreach (var name in names) files.Delete(name);
        files.DeleteAll(Unfinished);
    }

    private static PurgeRule? Read(DiskFiles files, string name)
    {
        if (!files.IsPlain(name)) return null;
        var page = new byte[SlabLayout.Block];
        using var file = files.OpenAny(name);
        var isWhole = files.Read(file, page, 0) == page.Length && BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(StateFile.PageBytes)) == Checksum.Of(Seed, page.AsSpan(0, StateFile.PageBytes));
        return isWhole ? PurgeRule.OfPage(page.AsSpan(0, StateFile.PageBytes)) : null;
    }
}
