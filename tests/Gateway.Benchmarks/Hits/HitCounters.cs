using System.Globalization;

namespace Gateway.Benchmarks.Hits;

/// <summary>What a gateway's process has used so far.</summary>
/// <param name="Processor">Time of its threads, user and system.</param>
/// <param name="Allocated">Bytes on the managed heap.</param>
/// <param name="Contended">Locks that a thread found taken and had to wait for.</param>
/// <param name="Paused">Seconds in which the garbage collector held all threads.</param>
internal readonly record struct HitCounters(TimeSpan Processor, double Allocated, double Contended, double Paused)
{
    public static HitCounters operator -(HitCounters after, HitCounters before) =>
        new(after.Processor - before.Processor, after.Allocated - before.Allocated, after.Contended - before.Contended, after.Paused - before.Paused);

    /// <summary>Reads a process, and what it tells at <c>/metrics</c>.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="metrics">What it answered there.</param>
    public static HitCounters Of(int process, string metrics) =>
        new(ProcessorTime(process), Value(metrics, "dotnet_gc_heap_total_allocated_bytes_total"), Value(metrics, "dotnet_monitor_lock_contentions_total"), Value(metrics, "dotnet_gc_pause_time_seconds_total"));

    /// <summary>Sum over the threads, in nanoseconds, as Linux's scheduler keeps it: the process's own figure moves in steps of 10 ms.</summary>
    private static TimeSpan ProcessorTime(int process)
    {
        long sum = 0;
        foreach (var thread in Directory.GetDirectories($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task"))
        {
            try
            {
                sum += long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return TimeSpan.FromTicks(sum / 100);
    }

    private static double Value(string metrics, string series)
    {
        foreach (var line in metrics.Split('\n'))
        {
            if (line.StartsWith(series, StringComparison.Ordinal) && line[series.Length] is ' ' or '{') return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        }

        throw new InvalidOperationException($"The gateway tells no {series}.");
    }
}
