using System.Globalization;
using System.Text;
using Gateway.Caching;
using Gateway.Media;
using Gateway.Responses;
using Gateway.Tests.Caching;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Responses;

/// <summary>A cache before a fake upstream, served by the real server as the handlers do it.</summary>
public abstract class LentBodyServing : IAsyncDisposable
{
    private protected static readonly byte[] Body = CacheFixture.Bytes(300_000);

    private protected CacheFixture Fixture { get; } = new(limit: 512 << 20, clock: TimeProvider.System);

    private protected LendingHost Host { get; private set; } = null!;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Host is not null) await Host.DisposeAsync();
        await Fixture.DisposeAsync();
    }

    private protected async Task StartAsync(RequestDelegate? handler = null, Action<WebApplication>? before = null, params (string Key, string Value)[] knobs)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nothing is lent.");
        Host = await LendingHost.StartAsync(handler ?? ServeAsync, before, knobs: knobs);
    }

    private protected async Task ServeAsync(HttpContext context)
    {
        var range = RangeHeader.Read(context.Request.Headers.Range);
        var wanted = new CacheRequest { Address = new MediaAddress("origin", context.Request.Path, string.Empty), Rules = CacheFixture.Segments, Range = range.AsAsked };
        using var reply = await (context.Request.Path == "/film.mp4" ? Fixture.Cache.OpenFileAsync(wanted, context.RequestAborted) : Fixture.Cache.OpenAsync(wanted, context.RequestAborted));
        var part = MediaAnswer.Begin(context, reply, range, TimeProvider.System);
        if (part.SendsBody) await BodySender.SendAsync(context, reply, part, new Transfer(0), TimeProvider.System);
    }

    private protected static byte[] Get(string path, string method = "GET", string fields = "") => Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");

    /// <summary>Reads a response with a Content-Length; its head tells it.</summary>
    private protected static async Task<(string Head, byte[] Body)> ReadAsync(Stream stream, bool isHead = false)
    {
        var head = await ReadHeadAsync(stream);
        var at = head.IndexOf("Content-Length: ", StringComparison.Ordinal) + 16;
        var body = new byte[isHead ? 0 : int.Parse(head.AsSpan(at, head.IndexOf("\r\n", at, StringComparison.Ordinal) - at), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body).AsTask().WaitAsync(Deadline.Value);
        return (head, body);
    }

    private protected static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one).AsTask().WaitAsync(Deadline.Value);
            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. head]);
    }

    /// <summary>Nobody holds a block any more.</summary>
    private protected Task UntilNothingIsLentAsync()
    {
        Fixture.Cache.Purge(null, "/");
        return Deadline.Until(() => Fixture.Parts.Pool.Lent == 0 && Fixture.Parts.Budget.Used == 0);
    }
}
