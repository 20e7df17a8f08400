namespace Gateway.Caching.Disk;

/// <summary>What is done to the disk; the word in lower case is a metric's label as well.</summary>
internal enum DiskOperation
{
    Open,
    Read,
    Write,
}
