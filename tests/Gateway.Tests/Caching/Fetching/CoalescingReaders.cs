using Gateway.Caching;

namespace Gateway.Tests.Caching.Fetching;

/// <summary>Readers of one object, and the requests of which the first starts the fetch.</summary>
public abstract class CoalescingReaders
{
    private protected const int Crowd = 5;
    private protected static readonly byte[] Body = CacheFixture.Bytes(100_000);

    private protected static async Task<CacheResult[]> ReadAsync(IEnumerable<Task<CacheReply>> opens)
    {
        return await Task.WhenAll(opens.Select(async open =>
        {
            using var reply = await open.WaitAsync(Deadline.Value);
            await reply.ReadAllAsync();
            return reply.Result;
        }));
    }
}
