using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Gateway.Tests;

/// <summary>
/// How much work something is, as the processor time of the one thread that does it: what else runs on the machine, or in other tests beside it, does not count.
/// </summary>
internal static partial class Effort
{
    /// <summary>
    /// Linear work on some megabytes takes a second or so even without optimisation; what grows with the square of its input takes minutes, or does not end.
    /// </summary>
    private static readonly TimeSpan Small = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Fails when it is more than linear work could ever be.</summary>
    public static void IsSmall(Action work)
    {
        var took = TimeSpan.Zero;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            var before = ProcessorTime();
            try
            {
                work();
            }
            catch (Exception e)
            {
                failure = e;
            }

            took = ProcessorTime() - before;
        });
        thread.IsBackground = true;
        thread.Start();
        Assert.True(thread.Join(Deadline), $"It did not end within {Deadline}.");
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        Assert.InRange(took, TimeSpan.Zero, Small);
    }

    private static TimeSpan ProcessorTime()
    {
        if (OperatingSystem.IsLinux() && ClockGetTime(ThreadProcessorTime, out var time) == 0) return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        // Elsewhere there is the deadline.
        return TimeSpan.Zero;
    }

    /// <summary>CLOCK_THREAD_CPUTIME_ID.</summary>
    private const int ThreadProcessorTime = 3;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
