using System.Text;
using Gateway.Connections.Receiving;
using Gateway.Tests.Caching;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Connections.Receiving;

/// <summary>The server's end, whatever its connections are doing.</summary>
public sealed class TransportStopTests
{
    private readonly TaskCompletionSource _isThere = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TransportStopTests() => Assert.SkipUnless(EventQueue.IsSupported, "Elsewhere the server has a transport of its own.");

    /// <summary>What has not ended in time is cut, and leaves nothing behind.</summary>
    [Theory]
    [InlineData("", false), InlineData("", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: loc", false), InlineData("GET / HTTP/1.1\r\nHost: loc", true)]
    [InlineData("PUT /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc", false), InlineData("PUT /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc", true)]
    [InlineData("GET /send HTTP/1.1\r\nHost: localhost\r\n\r\n", false), InlineData("GET /send HTTP/1.1\r\nHost: localhost\r\n\r\n", true)]
    [InlineData("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n", false), InlineData("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n", true)]
    public async Task Stop_WithoutTimeLeft_EndsEveryConnection(string sent, bool tls)
    {
        await using var host = await LendingHost.StartAsync(ServeAsync);
        await using var client = await host.ConnectAsync(tls);
        await client.WriteAsync(Encoding.ASCII.GetBytes(sent), TestContext.Current.CancellationToken);
        if (sent.Contains("\r\n\r\n", StringComparison.Ordinal)) await _isThere.Task.WaitAsync(Deadline.Value);
        await host.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline.Value);
        try
        {
            var into = new byte[1 << 16];
            while (await client.ReadAsync(into, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value) > 0)
            {
            }
        }
        catch (IOException)
        {
            // It was reset.
        }

        await Deadline.Until(() => host.Memory.Lent == 0);
    }

    [Theory, InlineData(false, "1.1"), InlineData(true, "1.1"), InlineData(true, "2.0")]
    public async Task Stop_AmidAnAnswer_LetsItEnd(bool tls, string version)
    {
        var sent = CacheFixture.Bytes(8 << 20);
        var mayGoOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await LendingHost.StartAsync(async context =>
        {
            context.Response.ContentLength = sent.Length;
            await context.Response.Body.WriteAsync(sent.AsMemory(0, 1000));
            await mayGoOn.Task.WaitAsync(Deadline.Value);
            await context.Response.Body.WriteAsync(sent.AsMemory(1000));
        });
        using var client = host.Client(tls, Version.Parse(version));
        using var answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var stopping = host.StopAsync();
        mayGoOn.SetResult();
        Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Value));
        await stopping.WaitAsync(Deadline.Value);
        Assert.Equal(0, host.Memory.Lent);
    }

    private async Task ServeAsync(HttpContext context)
    {
        try
        {
            switch (context.Request.Path.Value)
            {
                case "/read":
                    _isThere.TrySetResult();
                    await context.Request.Body.CopyToAsync(Stream.Null);
                    break;
                case "/send":
                    var sending = context.Response.Body.WriteAsync(new byte[64 << 20]);
                    _isThere.TrySetResult();
                    await sending;
                    break;
                case "/wait":
                    _isThere.TrySetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                    break;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // That is how it is told.
        }
    }
}
