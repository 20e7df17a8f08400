using System.Globalization;
using System.IO.Compression;

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
        var (expected, _) = await GetAsync(origin, name);
        var (lengths, sent) = (new List<int>(), new List<int>());
        foreach (var peer in peers)
        {
            var (body, bytes) = await GetAsync(peer, name);
            lengths.Add(body.Length);
            sent.Add(bytes);
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
        if (peers[0].Codings.Length > 0) title = string.Create(CultureInfo.InvariantCulture, $"{title}: {sent[0]:N0} bytes for {lengths[0]:N0}, nginx {sent[1]:N0} for {lengths[1]:N0}");
        else if (lengths[0] != expected.Length) title = string.Create(CultureInfo.InvariantCulture, $"{title}: {lengths[0]:N0} bytes for {expected.Length:N0}");
        string Against(int who) => who < peers.Count ? Spread.Ratio(costs[0], costs[who]) : "–";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {title} | {Spread.Text(costs[0], "0.0")} | {Spread.Text(costs[1], "0.0")} | {(peers.Count > 2 ? Spread.Text(costs[2], "0.0") : "–")} | {Against(1)} | {Against(2)} | {Spread.Ratio(rates[0], rates[1])} |");
    }

    private static async Task<(long Requests, double Seconds)> LoadAsync(Peer peer, string name, TimeSpan time)
    {
        var url = peer.UrlOf(name);
        var request = peer.RequestFor(name);
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

    /// <returns>The object, and how many bytes it came in.</returns>
    /// <exception cref="InvalidOperationException">It came in another coding than was asked for.</exception>
    private static async Task<(byte[] Body, int Sent)> GetAsync(Peer peer, string name)
    {
        using var reader = await HttpReader.ConnectAsync(peer.UrlOf(name));
        using var body = new MemoryStream();
        await reader.AskAsync(peer.RequestFor(name), body);
        // What is short is not worth it: a server may leave it as it is.
        if (peer.Codings.Length == 0 || body.GetBuffer().AsSpan(0, (int)body.Length).StartsWith("#EXTM3U"u8)) return (body.ToArray(), (int)body.Length);
        body.Position = 0;
        using var plain = new MemoryStream();
        try
        {
            await using Stream decoded = peer.Codings[0] == "br" ? new BrotliStream(body, CompressionMode.Decompress, leaveOpen: true) : new GZipStream(body, CompressionMode.Decompress, leaveOpen: true);
            await decoded.CopyToAsync(plain);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidOperationException($"{peer.Name} does not give {name} in {peer.Codings[0]}.", e);
        }

        return (plain.ToArray(), (int)body.Length);
    }
}
