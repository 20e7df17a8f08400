using System.Globalization;
using System.Text;
using Gateway.Responses;
using Gateway.Tests.Caching;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Connections.Sending;

/// <summary>What a client behind TLS that takes nothing holds of the gateway's memory: records that are encrypted and cannot go.</summary>
public sealed class SlowTlsTests
{
    private const int Block = 64 << 10;

    private static readonly byte[] s_body = CacheFixture.Bytes(4 << 20);

    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Client_ThatReadsNothing_HoldsNoMoreThanABlock()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the server's own transport sends.");
        await using var host = await LendingHost.StartAsync(ServeAsync, knobs: ("Gateway:Connections:BlockBytes", Block.ToString(CultureInfo.InvariantCulture)));
        await using var client = await host.ConnectAsync(tls: true);
        await client.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), TestContext.Current.CancellationToken);
        await _waits.Task.WaitAsync(Deadline.Value);
        await Deadline.Until(() => host.Memory.Lent <= Block);

        // And every byte comes in its place, once it is read.
        var text = new List<byte>();
        var one = new byte[1];
        while (!text.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await client.ReadExactlyAsync(one, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value);
            text.Add(one[0]);
        }

        var got = new byte[s_body.Length];
        await client.ReadExactlyAsync(got, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value);
        Assert.True(got.AsSpan().SequenceEqual(s_body));
        await Deadline.Until(() => host.Memory.Lent == 0);
    }

    private async Task ServeAsync(HttpContext context)
    {
        // A bound of the kernel's, so that the test does not hang on how far it raises its own.
        context.Features.Get<IConnectionSocketFeature>()!.Socket.SendBufferSize = Block;
        context.Response.ContentLength = s_body.Length;
        var sending = BodySender.SendWholeAsync(context, s_body, default);
        // It is sent from this thread until the kernel takes no more.
        if (!sending.IsCompleted) _waits.TrySetResult();
        await sending;
    }
}
