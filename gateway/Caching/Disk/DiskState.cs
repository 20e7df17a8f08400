namespace Gateway.Caching.Disk;

/// <summary>State of the tier; the number is the gauge's value.</summary>
internal enum DiskState
{
    /// <summary>Not configured.</summary>
    Off = 0,

    /// <summary>Reads the folder after the start.</summary>
    Opening = 1,

    Working = 2,

    /// <summary>The disk is full, fails, or belongs to another process: memory alone serves, and what is on disk already where it can still be read.</summary>
    Degraded = 3,
}
