using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Gateway.Connections.Receiving;
using Gateway.Tests.Caching;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Connections.Receiving;

/// <summary>Clients that end their side behind a request: what is on its way in either direction arrives, as above the server's own transport.</summary>
public sealed class ClientEndTests
{
    public ClientEndTests() => Assert.SkipUnless(EventQueue.IsSupported, "Elsewhere the server has a transport of its own.");

    /// <summary>The server ends a connection whose client has ended its side, and gives no reason: then nothing is to be reset.</summary>
    [Fact]
    public async Task End_WhileTheAnswerIsInTheKernel_LeavesTheAnswer()
    {
        var sent = CacheFixture.Bytes(100_000);
        var isClosed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await LendingHost.StartAsync(async context =>
        {
            var socket = context.Features.Get<IConnectionSocketFeature>()!.Socket;
            socket.SendBufferSize = sent.Length;
            context.Response.ContentLength = sent.Length;
            await context.Response.Body.WriteAsync(sent);
            await Deadline.Until(() => socket.SafeHandle.IsClosed);
            isClosed.SetResult();
        });
        await using var client = (NetworkStream)await host.ConnectAsync(tls: false);
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        // By then the kernel has all of it.
        await client.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value);
        client.Socket.Shutdown(SocketShutdown.Send);
        await isClosed.Task.WaitAsync(Deadline.Value);
        using var got = new MemoryStream();
        await client.CopyToAsync(got, TestContext.Current.CancellationToken).WaitAsync(Deadline.Value);
        Assert.Equal(sent, got.ToArray()[^sent.Length..]);
    }

    /// <summary>An encoder uploads, and closes without waiting for an answer.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task End_BehindAnUploadThatIsNotReadYet_LeavesTheUpload(bool tls)
    {
        var sent = CacheFixture.Bytes(40_000);
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var got = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await LendingHost.StartAsync(async context =>
        {
            context.Response.ContentLength = 2;
            if (HttpMethods.IsPut(context.Request.Method))
            {
                isAsked.SetResult();
                await mayRead.Task.WaitAsync(Deadline.Value);
                try
                {
                    using var body = new MemoryStream();
                    await context.Request.Body.CopyToAsync(body);
                    got.SetResult(body.ToArray());
                }
                catch (Exception e)
                {
                    got.SetException(e);
                }
            }

            await context.Response.WriteAsync("ok");
        });
        await using var client = await host.ConnectAsync(tls);
        // What is unread in the client's socket (tickets of TLS) would reset the connection.
        await AskAsync(client);
        await client.WriteAsync(Encoding.ASCII.GetBytes($"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {sent.Length}\r\n\r\n"), TestContext.Current.CancellationToken);
        await isAsked.Task.WaitAsync(Deadline.Value);
        await client.WriteAsync(sent, TestContext.Current.CancellationToken);
        if (client is SslStream secure) await secure.ShutdownAsync();
        client.Close();
        // Every thread of the host that waits for sockets has heard of it when it answers something later.
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            await using var other = await host.ConnectAsync(tls);
            await AskAsync(other);
        }

        mayRead.SetResult();
        Assert.Equal(sent, await got.Task.WaitAsync(Deadline.Value));
    }

    private static async Task AskAsync(Stream client)
    {
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var answer = "";
        while (!answer.EndsWith("\r\n\r\nok", StringComparison.Ordinal))
        {
            var into = new byte[4096];
            answer += Encoding.ASCII.GetString(into, 0, await client.ReadAsync(into, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value));
        }
    }
}
