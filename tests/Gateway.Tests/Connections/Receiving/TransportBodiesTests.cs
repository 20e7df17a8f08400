using System.Text;
using Gateway.Connections.Receiving;
using Gateway.Tests.Caching;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Tests.Connections.Receiving;

/// <summary>Bodies that are long, read late or not at all, and connections that become something else.</summary>
public sealed class TransportBodiesTests
{
    public TransportBodiesTests() => Assert.SkipUnless(EventQueue.IsSupported, "Elsewhere the server has a transport of its own.");

    /// <summary>What nobody reads stays in the kernel: the client is held up, and the gateway's memory does not grow.</summary>
    [Theory, InlineData(false, "1.1"), InlineData(true, "1.1"), InlineData(true, "2.0")]
    public async Task Upload_ThatIsReadLate_WaitsAtTheClient(bool tls, string version)
    {
        const int Length = 64 << 20;
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await LendingHost.StartAsync(
            async context =>
            {
                isAsked.SetResult();
                await mayRead.Task.WaitAsync(Deadline.Value);
                var (count, into) = (0, new byte[1 << 16]);
                for (int read; (read = await context.Request.Body.ReadAsync(into)) > 0;) count += read;
                await context.Response.WriteAsync(count.ToString());
            },
            server: server => server.Limits.MaxRequestBodySize = null);
        using var client = host.Client(tls, Version.Parse(version));
        var sending = client.PutAsync(new Uri("/", UriKind.Relative), new ByteArrayContent(new byte[Length]), TestContext.Current.CancellationToken);
        await isAsked.Task.WaitAsync(Deadline.Value);
        Assert.InRange(host.Memory.Lent, 0, 1 << 20);
        mayRead.SetResult();
        using var answer = await sending.WaitAsync(Deadline.Value);
        Assert.Equal(Length.ToString(), await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Upload_ThatNobodyReads_IsAnsweredAndTheNextRequestToo(bool tls)
    {
        await using var host = await LendingHost.StartAsync(context => context.Response.WriteAsync("no"));
        await using var client = await host.ConnectAsync(tls);
        var sending = Task.Run(async () =>
        {
            await client.WriteAsync(Encoding.ASCII.GetBytes($"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {4 << 20}\r\n\r\n"));
            await client.WriteAsync(new byte[4 << 20]);
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        });
        using var reader = new StreamReader(client, Encoding.ASCII);
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Value);
        await sending.WaitAsync(Deadline.Value);
        Assert.Equal(2, text.Split("HTTP/1.1 200 OK").Length - 1);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Upgrade_BothWaysAtOnce_EveryByteComesBack(bool tls)
    {
        var sent = CacheFixture.Bytes(4 << 20);
        await using var host = await LendingHost.StartAsync(async context =>
        {
            await using var both = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            await both.CopyToAsync(both);
        });
        await using var client = await host.ConnectAsync(tls);
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var head = "";
        for (var one = new byte[1]; !head.EndsWith("\r\n\r\n", StringComparison.Ordinal); head += (char)one[0]) await client.ReadExactlyAsync(one, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value);
        Assert.StartsWith("HTTP/1.1 101", head, StringComparison.Ordinal);
        var sending = Task.Run(() => client.WriteAsync(sent).AsTask());
        var got = new byte[sent.Length];
        await client.ReadExactlyAsync(got, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value);
        await sending.WaitAsync(Deadline.Value);
        Assert.Equal(sent, got);
        await client.DisposeAsync();
        await Deadline.Until(() => host.Memory.Lent == 0);
    }
}
