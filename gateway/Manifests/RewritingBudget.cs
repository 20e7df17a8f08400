using System.Collections.Concurrent;
using Gateway.Connections;

namespace Gateway.Manifests;

/// <summary>
/// The memory that manifests take while they are read, cut, rewritten, compressed and sent, over all requests: from the buffer's first byte until its
/// response is sent, a slow client's time included. Thread-safe.
/// </summary>
/// <remarks>
/// <para>One response may hold a quarter of what it leaves free at the most. So a few huge manifests, or many slow readers of them, are refused long before an ordinary
/// one of some hundred kilobytes is: there is always space for small ones. A refused request gets 503 with Retry-After; none waits for memory,
/// because what holds it may wait for a client.</para>
/// <para>A client that does not read would hold it for as long as it likes, and everybody's playlists would be refused. So (1) what waits for its client is counted as that household's, and from half of the memory on
/// a household gets nothing more while it has a quarter; (2) from three quarters on connections are short of memory (<see cref="ConnectionMemory.OfOthers"/>): those that hold some for long are cut, slowest first.</para>
/// </remarks>
internal sealed class RewritingBudget
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

    private readonly ManifestsOptions _options;
    private readonly ConcurrentDictionary<UInt128, long> _households = new();
    private long _taken;

    /// <param name="options">For the bounds.</param>
    /// <param name="connections">Is told of a shortage; null where no connections are watched.</param>
    public RewritingBudget(ManifestsOptions options, ConnectionMemory? connections = null)
    {
        _options = options;
        if (connections is not null) connections.OfOthers = () => Excess;
    }

    /// <summary>Bytes in use.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Bytes that slow clients have to give back: from three quarters on enough to fall to a half, else none.</summary>
    public long Excess => Taken >= _options.MemoryBytes / 4 * 3 ? Taken - (_options.MemoryBytes / 2) : 0;

    /// <summary>Longest form in which a manifest may go out, before compression.</summary>
    /// <param name="bytes">Its length as it came in, decoded.</param>
    public long LongestOf(long bytes) => Math.Min(_options.MaxRewrittenBytes, SmallAnswer + (MostGrowth * bytes));

    /// <summary>Takes memory for an answer; false when there is none for it.</summary>
    /// <param name="bytes">How much more.</param>
    /// <param name="held">What the answer holds already.</param>
    public bool TryTake(long bytes, long held)
    {
        var taken = Interlocked.Add(ref _taken, bytes);
        if ((held + bytes) * MostShare <= _options.MemoryBytes - taken + held + bytes) return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);

    /// <summary>Whether there is memory for another answer to this household; 0 is nobody in particular.</summary>
    public bool Admits(UInt128 household) =>
        Taken < _options.MemoryBytes / 2 || !_households.TryGetValue(household, out var held) || held < _options.MemoryBytes / MostShare;

    /// <summary>Waits for a send. Where that waits for its client, what it holds is the household's meanwhile; usually it does not, and nothing is counted.</summary>
    /// <param name="sending">The send.</param>
    /// <param name="household">The client's; 0 is nobody in particular.</param>
    /// <param name="bytes">What the answer has taken.</param>
    public async ValueTask HoldAsync(ValueTask sending, UInt128 household, long bytes)
    {
        if (sending.IsCompleted || household == 0 || bytes == 0)
        {
            await sending;
            return;
        }

        _households.AddOrUpdate(household, static (_, more) => more, static (_, held, more) => held + more, bytes);
        try
        {
            await sending;
        }
        finally
        {
            // Somebody may have taken more meanwhile: then the household stays.
            _households.AddOrUpdate(household, static (_, more) => -more, static (_, held, more) => held - more, bytes);
            _households.TryRemove(KeyValuePair.Create(household, 0L));
        }
    }
}
