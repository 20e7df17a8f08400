using System.Net;
using Gateway.Connections.Sending;
using Gateway.Responses;
using Gateway.Tests.Caching;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Responses;

/// <summary>Bodies that are there as a whole (playlists), through the real server: lent or copied, each byte, and the lease that ends once.</summary>
public sealed class WholeBodyTests
{
    private byte[] _body = [];
    private bool _tellsLength = true;
    private int _released;

    [Theory]
    [InlineData(false, 1000, false)]
    [InlineData(false, 300_000, true)]
    [InlineData(true, 300_000, true)]
    public async Task Send_OverHttp11_LendsWhatIsWorthIt(bool tls, int length, bool isLent)
    {
        _body = CacheFixture.Bytes(length);
        await using var host = await LendingHost.StartAsync(ServeAsync);
        using var client = host.Client(tls, HttpVersion.Version11);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(_body, await client.GetByteArrayAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));
            await Deadline.Until(() => Volatile.Read(ref _released) == i);
            if (isLent) await Deadline.Until(() => host.Metrics.Sent("lent") == i * _body.Length);
        }

        if (!isLent) Assert.Equal(0, host.Metrics.Sent("lent"));
    }

    [Theory]
    [InlineData(true, 2, true)]
    [InlineData(false, 1, false)]
    public async Task Send_WithFramesOrChunks_CopiesAndEndsTheLease(bool tls, int version, bool tellsLength)
    {
        _body = CacheFixture.Bytes(300_000);
        _tellsLength = tellsLength;
        await using var host = await LendingHost.StartAsync(ServeAsync);
        using var client = host.Client(tls, version == 2 ? HttpVersion.Version20 : HttpVersion.Version11);
        Assert.Equal(_body, await client.GetByteArrayAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));
        await Deadline.Until(() => Volatile.Read(ref _released) == 1);
        Assert.Equal(0, host.Metrics.Sent("lent"));
    }

    [Fact]
    public async Task Send_ClientLeavesAmidIt_EndsTheLeaseOnce()
    {
        // More than all buffers between the two hold.
        _body = CacheFixture.Bytes(32 << 20);
        await using var host = await LendingHost.StartAsync(ServeAsync);
        var client = await host.ConnectAsync(tls: false);
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.True(await client.ReadAsync(new byte[1000], TestContext.Current.CancellationToken) > 0);
        Assert.Equal(0, Volatile.Read(ref _released));
        await client.DisposeAsync();
        await Deadline.Until(() => Volatile.Read(ref _released) == 1);
        await Deadline.Until(() => host.Memory.Lent == 0);
        Assert.Equal(1, Volatile.Read(ref _released));
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (_tellsLength) context.Response.ContentLength = _body.Length;
        await BodySender.SendWholeAsync(context, _body, new ByteLease(this, static test => Interlocked.Increment(ref ((WholeBodyTests)test)._released)));
    }
}
