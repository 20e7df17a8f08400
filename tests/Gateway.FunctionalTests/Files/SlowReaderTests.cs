using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Files;

/// <summary>
/// A file that is much larger than the cache, and a crowd that reads it slowly. The gateway has a process of its own, so that its memory can be measured from outside, and so much patience
/// with a reader that stands still that one who has to wait for another fails.
/// </summary>
public sealed class SlowReaderTests(ITestOutputHelper output)
{
    private const long Length = 1L << 30;
    private const int Readers = 100;
    private const int BytesOfAReader = 6 << 20;

    /// <summary>What the gateway may need beside its cache, however large the file is: 256 KiB wait for each client, and a block or two for each fetch that finds no space.</summary>
    private const long MostBeside = 64L << 20;

    private static readonly TimeSpan ReadingTime = TimeSpan.FromSeconds(12);

    /// <param name="cacheMegabytes">Space of the cache.</param>
    /// <param name="apart">Bytes between two readers: several in one slice, or each in slices of its own.</param>
    [Theory]
    [InlineData(64, 1_500_007)]
    [InlineData(24, 10_000_019)]
    public async Task File_HundredSlowReaders_NeedsBoundedMemoryAndAllGetTheirBytes(long cacheMegabytes, long apart)
    {
        var space = cacheMegabytes << 20;
        await using var origin = await FileOrigin.StartAsync(("/film/direct.mp4", Length, null));
        await using var gateway = await GatewayProcess.StartAsync(new Uri(origin.Url), $"--Gateway:Cache:MaxBytes={space}", "--Logging:LogLevel:Microsoft.AspNetCore=Warning");
        var url = new Uri(gateway.Client.BaseAddress!, (await CreateAsync(gateway.Client, new { mediaId = "film" })).GetProperty("directUrl").GetString()!);
        // What the first request costs has nothing to do with the file.
        await ReadAsync(url, 0, TimeSpan.Zero);
        var before = MemoryOf(gateway.Id, "VmRSS");

        var heads = await Task.WhenAll(Enumerable.Range(0, Readers).Select(i => ReadAsync(url, i * apart, ReadingTime)));
        var growth = MemoryOf(gateway.Id, "VmHWM") - before;
        output.WriteLine(
            $"{before >> 20} MiB resident before, {growth >> 20} MiB more at most, with {cacheMegabytes} MiB of cache; last head after {heads.Max().TotalSeconds:0.0} s; "
            + $"{origin.Sent >> 20} MiB in {origin.Asked.Count} requests upstream for {(long)Readers * BytesOfAReader >> 20} MiB.");
        Assert.InRange(growth, 0, space + MostBeside);
    }

    /// <summary>Reads a part of the file evenly over some time, and checks its bytes.</summary>
    /// <returns>The time to the response's head.</returns>
    private static async Task<TimeSpan> ReadAsync(Uri url, long offset, TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { Timeout = Patience.Deadline };
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(offset, offset + BytesOfAReader - 1);
        var start = TimeProvider.System.GetTimestamp();
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var head = TimeProvider.System.GetElapsedTime(start);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var piece = new byte[64 << 10];
        for (var at = 0; at < BytesOfAReader; at += piece.Length)
        {
            await body.ReadExactlyAsync(piece).AsTask().WaitAsync(Patience.Deadline);
            Assert.True(FileOrigin.BytesAt(offset + at, piece.Length).AsSpan().SequenceEqual(piece), $"Wrong bytes at {offset + at}.");
            var early = (time * ((double)at / BytesOfAReader)) - TimeProvider.System.GetElapsedTime(start);
            if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System);
        }

        return head;
    }

    /// <summary>With a small buffer: what a slow reader leaves waits at the gateway.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken leaving)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 64 << 10 };
        await socket.ConnectAsync(context.DnsEndPoint, leaving);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>A figure of the kernel's: resident now, or the most that ever was.</summary>
    private static long MemoryOf(int process, string field)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith($"{field}:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length + 1, line.Length - field.Length - 3).Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
