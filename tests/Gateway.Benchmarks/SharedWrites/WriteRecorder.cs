using System.Reflection;

namespace Gateway.Benchmarks.SharedWrites;

/// <summary>
/// Lives in the gateway's process: what rewritten code calls before it writes. It has no state but pointers, and calls no rewritten code that could call it again.
/// </summary>
internal static unsafe class WriteRecorder
{
    /// <summary>Far more than is between a frame and the beginning of its thread's stack.</summary>
    private const nint StackBytes = 8 << 20;

    private static int* s_isCounting;
    private static int* s_dropped;
    private static WriteRecord* s_records;

    /// <summary>Begins to be called, where the runtime is a rewritten one.</summary>
    /// <param name="table">The file.</param>
    public static void Install(string table)
    {
        var hook = typeof(object).Assembly.GetType(WriteHook.TypeName)?.GetField(WriteHook.RecorderName, BindingFlags.Public | BindingFlags.Static) ?? throw new InvalidOperationException("The runtime is not a rewritten one.");
        var opened = WriteTable.Open(table);
        s_isCounting = opened.IsCounting;
        s_dropped = opened.Dropped;
        s_records = opened.Records;
        hook.SetValue(null, (nint)(delegate*<nint, int, void>)&Count);
    }

    private static void Count(nint address, int site)
    {
        if (*s_isCounting == 0) return;
        // A thread's own stack is nobody else's: structs there are no shared memory.
        var here = (nint)(&address);
        if (address >= here && address - here < StackBytes) return;
        WriteTable.Add(s_records, s_dropped, address, site);
    }
}
