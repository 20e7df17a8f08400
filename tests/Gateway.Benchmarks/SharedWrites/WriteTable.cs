using System.IO.MemoryMappedFiles;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>
/// Addresses and sites with their counts, in a file that two processes have mapped. The gateway's threads add to it without a lock: a cell belongs to the key that an interlocked exchange has put into it first. The benchmark
/// reads and empties it while nothing is counted.
/// </summary>
internal sealed unsafe class WriteTable : IDisposable
{
    /// <summary>Names the file to the gateway's process.</summary>
    public const string Variable = "GATEWAY_BENCHMARK_WRITES";

    public const int LastSite = (1 << SiteBits) - 1;

    private const int SiteBits = 17;
    private const int CellBits = 21;
    private const int Cells = 1 << CellBits;
    private const int MostProbes = 64;
    private const int HeaderBytes = 64;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private WriteTable(MemoryMappedFile file)
    {
        _file = file;
        _view = file.CreateViewAccessor();
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        IsCounting = (int*)start;
        Dropped = IsCounting + 1;
        Records = (WriteRecord*)(start + HeaderBytes);
    }

    /// <summary>Not 0 while writes are counted.</summary>
    public int* IsCounting { get; }

    /// <summary>Writes for which no cell was found.</summary>
    public int* Dropped { get; }

    public WriteRecord* Records { get; }

    public static WriteTable Create(string path)
    {
        using (var file = File.Create(path)) file.SetLength(HeaderBytes + (long)Cells * sizeof(WriteRecord));
        return Open(path);
    }

    public static WriteTable Open(string path) => new(MemoryMappedFile.CreateFromFile(path, FileMode.Open));

    public static int SiteOf(WriteRecord record) => (int)(record.Key & LastSite);

    public static ulong AddressOf(WriteRecord record) => record.Key >> SiteBits;

    /// <summary>Counts one write. Called amid any code of the runtime's library, so it calls nothing there that writes itself.</summary>
    public static void Add(WriteRecord* records, int* dropped, nint address, int site)
    {
        var key = ((ulong)address << SiteBits) | (uint)site;
        var at = (int)((key * 0x9E3779B97F4A7C15) >> (64 - CellBits));
        for (var probes = 0; probes < MostProbes; probes++, at = (at + 1) & (Cells - 1))
        {
            var record = records + at;
            if (record->Key != key && (record->Key != 0 || Interlocked.CompareExchange(ref record->Key, key, 0) is not 0 and var other && other != key)) continue;
            Interlocked.Increment(ref record->ByCore[(uint)Thread.GetCurrentProcessorId() % WriteRecord.Cores]);
            Interlocked.Increment(ref record->ByThread[(uint)Environment.CurrentManagedThreadId % WriteRecord.Threads]);
            return;
        }

        Interlocked.Increment(ref *dropped);
    }

    /// <summary>Begins to count.</summary>
    public void Begin() => Volatile.Write(ref *IsCounting, 1);

    /// <summary>What was counted since the beginning; ends the counting.</summary>
    /// <exception cref="InvalidOperationException">The table was too small.</exception>
    public List<WriteRecord> Take()
    {
        *IsCounting = 0;
        if (*Dropped > 0) throw new InvalidOperationException($"{*Dropped} writes found no cell.");
        var taken = new List<WriteRecord>();
        for (var i = 0; i < Cells; i++)
        {
            if (Records[i].Key == 0) continue;
            taken.Add(Records[i]);
            Records[i] = default;
        }

        return taken;
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
