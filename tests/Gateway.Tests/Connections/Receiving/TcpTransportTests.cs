using System.Net.Security;
using System.Text;
using Gateway.Connections.Receiving;
using Gateway.Tests.Caching;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Connections.Receiving;

/// <summary>The real server above the transport, with TLS and without.</summary>
public sealed class TcpTransportTests
{
    public TcpTransportTests() => Assert.SkipUnless(EventQueue.IsSupported, "Elsewhere the server has a transport of its own.");

    [Theory, InlineData(false, true), InlineData(true, true), InlineData(false, false), InlineData(true, false)]
    public async Task Connections_OfTheServer_AreTheGatewaysUnlessItIsSwitchedOff(bool tls, bool isOn)
    {
        await using var host = await LendingHost.StartAsync(
            context => context.Response.WriteAsync((context.Features.Get<IConnectionSocketFeature>() is TcpConnection).ToString()), knobs: ("Gateway:Connections:LendBlocks", isOn.ToString()));
        using var client = host.Client(tls, new Version(1, 1));
        Assert.Equal(isOn.ToString(), await client.GetStringAsync("/", TestContext.Current.CancellationToken));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Requests_SentAllAtOnce_AreAnsweredInOrder(bool tls)
    {
        const int Count = 1000;
        await using var host = await LendingHost.StartAsync(context => context.Response.WriteAsync(context.Request.Path.Value![1..]));
        await using var client = await host.ConnectAsync(tls);
        var asking = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++) await client.WriteAsync(Encoding.ASCII.GetBytes($"GET /{i:0000} HTTP/1.1\r\nHost: localhost\r\n{(i == Count - 1 ? "Connection: close\r\n" : "")}\r\n"));
        });
        using var reader = new StreamReader(client, Encoding.ASCII);
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Value);
        await asking.WaitAsync(Deadline.Value);
        var heads = text.Split("HTTP/1.1 200 OK", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i:0000}"), heads.Select(h => h.Split("\r\n\r\n")[1].Split("\r\n").First(l => l.Length == 4)));
    }

    [Theory, InlineData(false, "1.1"), InlineData(true, "1.1"), InlineData(true, "2.0")]
    public async Task Upload_OfMegabytes_ArrivesAsSent(bool tls, string version)
    {
        var sent = CacheFixture.Bytes(8 << 20);
        await using var host = await LendingHost.StartAsync(async context =>
        {
            using var got = new MemoryStream();
            await context.Request.Body.CopyToAsync(got);
            await context.Response.WriteAsync(got.ToArray().AsSpan().SequenceEqual(sent).ToString());
        });
        using var client = host.Client(tls, Version.Parse(version));
        using var answer = await client.PostAsync(new Uri("/", UriKind.Relative), new ByteArrayContent(sent), TestContext.Current.CancellationToken);
        Assert.Equal("True", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Head_ThatComesByteByByte_IsAnswered()
    {
        await using var host = await LendingHost.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var client = await host.ConnectAsync(tls: false);
        foreach (var one in Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) await client.WriteAsync(new[] { one });
        using var reader = new StreamReader(client);
        Assert.Contains("ok", await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Value), StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Client_ThatLeavesAmidARequest_IsToldToIt(bool tls)
    {
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isAborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await LendingHost.StartAsync(async context =>
        {
            await using var registration = context.RequestAborted.UnsafeRegister(_ => isAborted.TrySetResult(), null);
            isAsked.TrySetResult();
            await isAborted.Task.WaitAsync(Deadline.Value);
        });
        await using (var client = await host.ConnectAsync(tls))
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await isAsked.Task.WaitAsync(Deadline.Value);
        }

        await isAborted.Task.WaitAsync(Deadline.Value);
    }

    /// <summary>TLS says farewell before the connection ends, and nobody reads that amid a request.</summary>
    [Fact]
    public async Task Client_ThatLeavesByCloseNotify_IsToldToItsRequest()
    {
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isAborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await LendingHost.StartAsync(async context =>
        {
            if (context.Request.Path == "/first")
            {
                context.Response.ContentLength = 2;
                await context.Response.WriteAsync("ok");
                return;
            }

            await using var registration = context.RequestAborted.UnsafeRegister(_ => isAborted.TrySetResult(), null);
            isAsked.TrySetResult();
            await isAborted.Task.WaitAsync(Deadline.Value);
        });
        await using (var client = await host.ConnectAsync(tls: true))
        {
            // Reading an answer takes the session tickets too: what is unread in the client's socket would reset the connection.
            await client.WriteAsync("GET /first HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            var answer = "";
            while (!answer.EndsWith("\r\n\r\nok", StringComparison.Ordinal))
            {
                var into = new byte[4096];
                answer += Encoding.ASCII.GetString(into, 0, await client.ReadAsync(into, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value));
            }

            await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await isAsked.Task.WaitAsync(Deadline.Value);
            await ((SslStream)client).ShutdownAsync();
        }

        await isAborted.Task.WaitAsync(Deadline.Value);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Stop_WithIdleConnections_EndsThem(bool tls)
    {
        await using var host = await LendingHost.StartAsync(context => context.Response.WriteAsync("ok"));
        await using var client = await host.ConnectAsync(tls);
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var into = new byte[4096];
        Assert.True(await client.ReadAsync(into, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value) > 0);
        await host.StopAsync().WaitAsync(Deadline.Value);
        Assert.Equal(0, host.Memory.Lent);
        while (await client.ReadAsync(into, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value) > 0)
        {
        }
    }
}
