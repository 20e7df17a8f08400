namespace Gateway.Benchmarks.Peers;

/// <summary>What each peer adds to the origin's own first byte when it does not have the object: one request at a time, by turns, each for an address of its own.</summary>
internal static class MissTimes
{
    private const int Warmup = 100;

    /// <returns>The rows of the page's table.</returns>
    public static async Task<IReadOnlyList<string>> MeasureAsync(IReadOnlyList<Peer> peers, Peer origin, int requests)
    {
        Peer[] all = [origin, .. peers];
        var times = all.Select(_ => new List<double>()).ToArray();
        var readers = new HttpReader[all.Length];
        for (var i = 0; i < all.Length; i++) readers[i] = await HttpReader.ConnectAsync(all[i].UrlOf(""));
        for (var n = -Warmup; n < requests; n++)
        {
            for (var i = 0; i < all.Length; i++)
            {
                var request = HttpReader.RequestFor(all[i].UrlOf($"unique/{Guid.NewGuid():N}/seg_100k.ts"));
                var asked = TimeProvider.System.GetTimestamp();
                var (first, _) = await readers[i].AskAsync(request);
                if (n >= 0) times[i].Add(TimeProvider.System.GetElapsedTime(asked, first).TotalMilliseconds);
            }
        }

        foreach (var reader in readers) reader.Dispose();
        string Added(List<double> mine, double share) => (Spread.Quantile(mine, share) - Spread.Quantile(times[0], share)).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
        return [.. peers.Select((peer, i) => $"| {peer.Name} | {Added(times[i + 1], 0.5)} | {Added(times[i + 1], 0.9)} | {Added(times[i + 1], 0.99)} |")];
    }
}
