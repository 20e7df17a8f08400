using System.Globalization;

namespace Gateway.Benchmarks.Peers;

/// <summary>One object that every peer has in memory, under steady load: what a request for it costs each of them in processor time, in turn within a round.</summary>
internal static class HotObject
{
    private const int Connections = 32;

    /// <summary>Short, so that each object has had several before the first figure.</summary>
    public static readonly TimeSpan SettlingTurn = TimeSpan.FromMilliseconds(500);

    /// <returns>How many requests were answered.</returns>
    public static async Task<long> AskAsync(Peer peer, string name, TimeSpan time) => (await LoadAsync(peer, name, time)).Requests;

    /// <returns>A row of the page's table.</returns>
    /// <exception cref="InvalidOperationException">A peer gives other bytes than the origin.</exception>
    public static async Task<string> MeasureAsync(IReadOnlyList<Peer> peers, Peer origin, string name, string title, BenchLength length)
    {
        var expected = await GetAsync(origin.UrlOf(name));
        var lengths = new List<int>();
        foreach (var peer in peers)
        {
            var body = await GetAsync(peer.UrlOf(name));
            lengths.Add(body.Length);
            // A playlist may be rewritten on its way, a segment may not.
            var isRight = name.EndsWith(".m3u8", StringComparison.Ordinal) ? body.AsSpan().StartsWith("#EXTM3U"u8) : body.AsSpan().SequenceEqual(expected);
            if (!isRight) throw new InvalidOperationException($"{peer.Name} gives other bytes for {name}.");
            await LoadAsync(peer, name, length.Warmup);
        }

        var costs = peers.Select(_ => new List<double>()).ToArray();
        var rates = peers.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < length.Rounds; round++)
        {
            for (var i = 0; i < peers.Count; i++)
            {
                // Another one begins in each round: who comes first finds the processor's caches cold.
                var who = (i + round) % peers.Count;
                var before = peers[who].Server.ProcessorTime();
                var (requests, seconds) = await LoadAsync(peers[who], name, length.Turn);
                costs[who].Add((peers[who].Server.ProcessorTime() - before) / requests * 1e6);
                rates[who].Add(requests / seconds);
            }
        }

        // What the gateway sends beside the origin's own: a request costs by its bytes.
        if (lengths[0] != expected.Length) title = string.Create(CultureInfo.InvariantCulture, $"{title}: {lengths[0]:N0} bytes for {expected.Length:N0}");
        string Against(int who) => who < peers.Count ? Spread.Ratio(costs[0], costs[who]) : "–";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {title} | {Spread.Text(costs[0], "0.0")} | {Spread.Text(costs[1], "0.0")} | {(peers.Count > 2 ? Spread.Text(costs[2], "0.0") : "–")} | {Against(1)} | {Against(2)} | {Spread.Ratio(rates[0], rates[1])} |");
    }

    private static async Task<(long Requests, double Seconds)> LoadAsync(Peer peer, string name, TimeSpan time)
    {
        var url = peer.UrlOf(name);
        var request = HttpReader.RequestFor(url);
        var began = TimeProvider.System.GetTimestamp();
        var requests = 0L;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            using var reader = await HttpReader.ConnectAsync(url);
            while (TimeProvider.System.GetElapsedTime(began) < time)
            {
                await reader.AskAsync(request);
                Interlocked.Increment(ref requests);
            }
        }));
        return (requests, TimeProvider.System.GetElapsedTime(began).TotalSeconds);
    }

    private static async Task<byte[]> GetAsync(Uri url)
    {
        using var reader = await HttpReader.ConnectAsync(url);
        using var body = new MemoryStream();
        await reader.AskAsync(HttpReader.RequestFor(url), body);
        return body.ToArray();
    }
}
