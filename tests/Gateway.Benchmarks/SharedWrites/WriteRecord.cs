using System.Runtime.InteropServices;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>An address that one site has written to: a cell of the table that the gateway's process fills and the benchmark's reads.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WriteRecord
{
    public const int Cores = 6;
    public const int Threads = 8;

    /// <summary>Address and site; 0 while the cell is free.</summary>
    public ulong Key;

    /// <summary>Writes by the core on which they happened; cores beyond share.</summary>
    public fixed int ByCore[Cores];

    /// <summary>Writes by thread; those beyond share.</summary>
    public fixed int ByThread[Threads];
}
