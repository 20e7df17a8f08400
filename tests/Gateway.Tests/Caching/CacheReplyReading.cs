using Gateway.Caching;

namespace Gateway.Tests.Caching;

internal static class CacheReplyReading
{
    /// <param name="read">Told how many bytes it has, after each read.</param>
    public static async Task<byte[]> ReadAllAsync(this CacheReply reply, Action<long>? read = null, CancellationToken leaving = default)
    {
        var all = new MemoryStream();
        while (true)
        {
            var bytes = await reply.ReadAsync(all.Length, leaving).Within();
            if (bytes.IsEmpty) return all.ToArray();
            all.Write(bytes.Span);
            read?.Invoke(all.Length);
        }
    }

    /// <summary>Reads exactly the given number of bytes.</summary>
    public static async Task<byte[]> ReadUpToAsync(this CacheReply reply, int count)
    {
        var all = new MemoryStream();
        while (all.Length < count)
        {
            var bytes = await reply.ReadAsync(all.Length, CancellationToken.None).Within();
            Assert.False(bytes.IsEmpty);
            all.Write(bytes.Span[..(int)Math.Min(bytes.Length, count - all.Length)]);
        }

        return all.ToArray();
    }
}
