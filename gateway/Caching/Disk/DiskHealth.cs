namespace Gateway.Caching.Disk;

/// <summary>
/// Whether the disk is to be used at the moment. A failed write stops writing for a while, and several failed reads in a row stop reading: memory serves meanwhile as if there were no disk. Then one
/// operation tries again. Told once when it begins, and once when it is over. Safe from any thread.
/// </summary>
internal sealed partial class DiskHealth(TimeProvider clock, DiskMetrics metrics, ILogger log)
{
    /// <summary>How long the disk is left alone: a full one is not emptied sooner, and a viewer waits for a broken one twice a minute at most.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Reads that may fail one after the other: a broken sector is not a broken disk.</summary>
    private const int MostFailedReads = 4;

    /// <summary>The system's numbers for a full disk: ENOSPC and EDQUOT of Linux, and what .NET makes of a failed allocation.</summary>
    private static readonly int[] Full = [28, 122, unchecked((int)0x80070070)];

    private readonly Lock _gate = new();
    private readonly string?[] _troubles = new string?[3];
    private readonly long[] _pausedAt = new long[3];
    private int _failedReads;

    public bool MayRead => May(DiskOperation.Read);

    public bool MayWrite => May(DiskOperation.Write);

    /// <summary>What is wrong, in a few words; null when nothing is.</summary>
    public string? Trouble
    {
        get
        {
            lock (_gate)
            {
                foreach (var trouble in _troubles)
                {
                    if (trouble is not null) return trouble;
                }

                return null;
            }
        }
    }

    public void Worked(DiskOperation operation)
    {
        if (operation == DiskOperation.Read) Volatile.Write(ref _failedReads, 0);
        if (Volatile.Read(ref _troubles[(int)operation]) is null) return;
        lock (_gate) _troubles[(int)operation] = null;
        Log.DiskWorksAgain(log, operation);
    }

    /// <param name="words">What is wrong, where the exception does not tell.</param>
    public void Failed(DiskOperation operation, Exception cause, string? words = null)
    {
        metrics.Erred(operation);
        if (operation == DiskOperation.Read && Interlocked.Increment(ref _failedReads) < MostFailedReads)
        {
            Log.ReadFailed(log, cause);
            return;
        }

        var isNew = false;
        lock (_gate)
        {
            isNew = _troubles[(int)operation] is null;
            _troubles[(int)operation] = words ?? (Array.IndexOf(Full, cause.HResult) >= 0 ? "it is full" : operation == DiskOperation.Read ? "it cannot be read" : operation == DiskOperation.Write ? "it cannot be written" : "it cannot be opened");
            _pausedAt[(int)operation] = clock.GetTimestamp();
        }

        if (isNew) Log.DiskFailed(log, operation, Trouble ?? string.Empty, cause);
    }

    private bool May(DiskOperation operation)
    {
        if (Volatile.Read(ref _troubles[(int)operation]) is null) return true;
        lock (_gate)
        {
            if (clock.GetElapsedTime(_pausedAt[(int)operation]) < Pause) return false;
            // This one tries; the others wait for what becomes of it.
            _pausedAt[(int)operation] = clock.GetTimestamp();
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3040, LogLevel.Warning, "The cache's disk is not used for now, memory alone serves ({Operation}): {Trouble}.", EventName = nameof(DiskFailed))]
        public static partial void DiskFailed(ILogger log, DiskOperation operation, string trouble, Exception cause);

        [LoggerMessage(3041, LogLevel.Information, "The cache's disk works again ({Operation}).", EventName = nameof(DiskWorksAgain))]
        public static partial void DiskWorksAgain(ILogger log, DiskOperation operation);

        [LoggerMessage(3042, LogLevel.Warning, "An object on the cache's disk could not be read; upstream is asked for it.", EventName = nameof(ReadFailed))]
        public static partial void ReadFailed(ILogger log, Exception cause);
    }
}
