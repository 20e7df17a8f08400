using System.Buffers;
using System.Globalization;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests;

/// <summary>
/// The whole gateway in 512 MiB, with a library that is larger than that and two hundred viewers: nothing is killed, nothing grows, every byte is right.
/// By hand, <c>GATEWAY_MEMORY_GIB=5 GATEWAY_MEMORY_SECONDS=300</c> streams ten times its memory; in the usual run it ends after some seconds.
/// </summary>
public sealed class MemoryLimitTests(ITestOutputHelper output)
{
    private const long Limit = 512L << 20;
    private const int Viewers = 200;
    private const int Titles = 16;
    private const int SegmentsOfATitle = 64;
    private const int SegmentBytes = 1 << 20;

    /// <summary>All bodies are windows of this noise, so that a wrong byte, or one of another segment, does not go unseen.</summary>
    private static readonly byte[] Noise = MakeNoise();

    [Fact]
    public async Task TwoHundredViewers_StayWithinTheLimit_AndGetTheirBytes()
    {
        var most = Setting("GATEWAY_MEMORY_GIB", 5) << 30;
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(Setting("GATEWAY_MEMORY_SECONDS", 20)), TimeProvider.System);
        // However busy the machine: more than the cache may hold, so that it has to evict.
        var least = Limit / 2;
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = AnswerAsync;
        using var cage = MemoryCage.Create(Limit);
        await using var gateway = await GatewayProcess.StartAsync(cage, new Uri(origin.Address), "--Logging:LogLevel:Microsoft.AspNetCore=Warning");
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = gateway.Client.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };

        long streamed = 0;
        var segments = 0;
        await Task.WhenAll(Enumerable.Range(0, Viewers).Select(async viewer =>
        {
            var urls = await PlaylistAsync(client, viewer % Titles, viewer);
            // Those of one title are spread over a minute or so of it: some of what one asks for was just fetched for another, some has long gone.
            for (var at = viewer / Titles * 2; Interlocked.Read(ref streamed) < (time.IsCancellationRequested ? least : most); at++)
            {
                Interlocked.Add(ref streamed, await ReadAsync(client, urls[at % urls.Length], viewer % Titles, at % urls.Length));
                Interlocked.Increment(ref segments);
            }
        }));

        var peak = PeakOf(gateway.Id);
        var asked = origin.Requests.Count(r => r.Target.EndsWith(".m4s", StringComparison.Ordinal));
        output.WriteLine(
            $"{streamed >> 20} MiB in {segments} segments to {Viewers} viewers under {Limit >> 20} MiB (held by {cage.Keeper}): "
            + $"peak resident {peak >> 20} MiB, {asked} asked of upstream, {100.0 * (segments - asked) / segments:0.0} % not.");
        Assert.False(gateway.HasExited);
        Assert.InRange(peak, 1, Limit);
        Assert.InRange(streamed, least, long.MaxValue);
    }

    private static async Task<Uri[]> PlaylistAsync(HttpClient client, int title, int viewer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/play/t{title}/index.m3u8");
        request.Headers.UserAgent.ParseAdd($"viewer/{viewer}");
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var playlist = answer.RequestMessage!.RequestUri!;
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        return [.. lines.Where(l => l.Length > 0 && l[0] != '#').Select(l => new Uri(playlist, l.Trim()))];
    }

    private static async Task<long> ReadAsync(HttpClient client, Uri url, int title, int index)
    {
        using var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} for {url}");
        await using var body = await answer.Content.ReadAsStreamAsync();
        var expected = BodyOf(title, index);
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        var position = 0;
        while (await body.ReadAsync(buffer) is > 0 and var read)
        {
            Assert.True(expected.Span.Slice(position, read).SequenceEqual(buffer.AsSpan(0, read)), $"Wrong bytes at {position} of {url}");
            position += read;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        Assert.Equal(SegmentBytes, position);
        return position;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.EndsWith(".m3u8", StringComparison.Ordinal))
        {
            context.Response.ContentType = "application/vnd.apple.mpegurl";
            var segments = Enumerable.Range(0, SegmentsOfATitle).Select(i => $"#EXTINF:4.0,\nseg{i}.m4s\n");
            await context.Response.WriteAsync($"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n{string.Concat(segments)}#EXT-X-ENDLIST\n");
            return;
        }

        // "/t3/seg12.m4s"
        var slash = path.LastIndexOf('/');
        if (!path.EndsWith(".m4s", StringComparison.Ordinal)) return;
        var title = int.Parse(path.AsSpan(2, slash - 2), CultureInfo.InvariantCulture);
        var index = int.Parse(path.AsSpan(slash + 4, path.Length - slash - 8), CultureInfo.InvariantCulture);
        context.Response.ContentLength = SegmentBytes;
        context.Response.Headers.CacheControl = "max-age=3600";
        await context.Response.Body.WriteAsync(BodyOf(title, index));
    }

    private static ReadOnlyMemory<byte> BodyOf(int title, int index) => Noise.AsMemory((title * SegmentsOfATitle + index) * 509, SegmentBytes);

    private static byte[] MakeNoise()
    {
        var noise = new byte[SegmentBytes + Titles * SegmentsOfATitle * 509];
        var state = 0x9E3779B97F4A7C15UL;
        for (var i = 0; i < noise.Length; i++)
        {
            state = state * 6364136223846793005UL + 1442695040888963407UL;
            noise[i] = (byte)(state >> 56);
        }

        return noise;
    }

    /// <summary>Most that was ever resident, as the kernel counted it.</summary>
    private static long PeakOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6, line.Length - 8).Trim(), CultureInfo.InvariantCulture) << 10;
    }

    private static long Setting(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
