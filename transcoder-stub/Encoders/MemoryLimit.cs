using System.Runtime.InteropServices;

namespace TranscoderStub.Encoders;

/// <summary>
/// Bounds the memory of a program that has just been started (Linux; elsewhere nothing happens). RLIMIT_DATA counts what a program may write to, and not the
/// address space that allocators reserve for each thread, so that the figure is close to what it uses. No shell and no other program is needed for it.
/// </summary>
internal static class MemoryLimit
{
    // asm-generic/resource.h
    private const int Data = 2;

    public static void Set(int processId, long bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes == 0) return;
        var limit = new Limit { Soft = (ulong)bytes, Hard = (ulong)bytes };

        // It fails where the program has ended already, or where this one may not: then there is the system's own limit.
        _ = SetLimit(processId, Data, in limit, IntPtr.Zero);
    }

    [DllImport("libc", EntryPoint = "prlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int processId, int resource, in Limit limit, IntPtr before);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
