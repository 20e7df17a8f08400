using Gateway.Live.Storage;

namespace Gateway.Live.Ingest;

/// <summary>
/// How many bytes chunks may still take: what <see cref="LiveOptions.MaxBytes"/> leaves of the store, and what <see cref="LiveOptions.MinFreeBytes"/> leaves of the volume on which they arrive, whichever is less. Thread-safe.
/// </summary>
/// <remarks>
/// Only new chunks are held to it. What was confirmed has yet to become a segment and a line of the journal, and the least free space is there for these. The volume is asked each time: it takes microseconds, and others write
/// to it as well. Where it cannot be asked, the bound of the store alone holds, and a write that fails tells the rest.
/// </remarks>
internal sealed class StorageSpace
{
    private readonly MeasuredStore _store;
    private readonly PartialUploads _uploads;
    private readonly LiveOptions _options;
    private readonly Func<long?> _free;

    public StorageSpace(MeasuredStore store, PartialUploads uploads, LiveOptions options)
        : this(store, uploads, options, () => FreeOn(uploads.Folder))
    {
    }

    internal StorageSpace(MeasuredStore store, PartialUploads uploads, LiveOptions options, Func<long?> free) => (_store, _uploads, _options, _free) = (store, uploads, options, free);

    /// <summary>Bytes that are left; below zero where uploads that are under way have announced more than there is.</summary>
    public long Bytes => Math.Min(InStore, OnVolume);

    private long InStore => _options.MaxBytes - _store.Bytes - _uploads.Bytes;

    // A chunk lies there twice for a moment, as it arrived and as it is kept. So what uploads have announced counts whole, however much of it has come.
    private long OnVolume => _options.MinFreeBytes > 0 && _free() is { } free ? free - _uploads.Announced - _options.MinFreeBytes : long.MaxValue;

    /// <summary>Whether a chunk fits of which some bytes may have come already.</summary>
    public bool Has(string session, int index, long bytes)
    {
        var come = _uploads.LengthOf(session, index);
        return bytes <= InStore + come && bytes + Math.Max(0, bytes - come) <= OnVolume;
    }

    private static long? FreeOn(string folder)
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
