namespace Gateway.Manifests;

/// <summary>
/// The memory that manifests take while they are read, cut, rewritten, compressed and sent, over all requests: from the buffer's first byte until its
/// response is sent, a slow client's time included. Thread-safe.
/// </summary>
/// <remarks>
/// One response may hold a quarter of what it leaves free at the most. So a few huge manifests, or many slow readers of them, are refused long before an ordinary
/// one of some hundred kilobytes is: there is always space for small ones. A refused request gets 503 with Retry-After; none waits for memory,
/// because what holds it may wait for a client.
/// </remarks>
internal sealed class RewritingBudget(ManifestsOptions options)
{
    /// <summary>Of what is free, and what an answer holds itself.</summary>
    private const int MostShare = 4;

    /// <summary>What a small manifest comes to at most: a constant beside the multiple of what came in.</summary>
    private const long SmallAnswer = 1 << 20;

    /// <summary>
    /// How much longer rewriting may make a manifest. The gateway's own path before a short name, with a ticket of some hundred bytes, comes to about twenty times the bytes
    /// of its line; beyond that only a manifest grows that was made to grow.
    /// </summary>
    private const long MostGrowth = 32;

    private long _taken;

    /// <summary>Bytes in use.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Longest form in which a manifest may go out, before compression.</summary>
    /// <param name="bytes">Its length as it came in, decoded.</param>
    public long LongestOf(long bytes) => Math.Min(options.MaxRewrittenBytes, SmallAnswer + (MostGrowth * bytes));

    /// <summary>Takes memory for an answer; false when there is none for it.</summary>
    /// <param name="bytes">How much more.</param>
    /// <param name="held">What the answer holds already.</param>
    public bool TryTake(long bytes, long held)
    {
        var taken = Interlocked.Add(ref _taken, bytes);
        if ((held + bytes) * MostShare <= options.MemoryBytes - taken + held + bytes) return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
