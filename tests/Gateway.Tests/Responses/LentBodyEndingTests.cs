using Gateway.Connections;
using Gateway.Tests.Caching;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Responses;

/// <summary>What happens to lent blocks when their object goes, their response ends early, or the server stops: never another byte than the object's, and nothing stays held.</summary>
public sealed class LentBodyEndingTests : LentBodyServing
{
    /// <summary>More than the buffers of two sockets and all flushes on the way hold.</summary>
    private static readonly byte[] Long = CacheFixture.Bytes(24 << 20, seed: 3);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Object_PurgedWhileItIsSent_ArrivesToTheByte(bool tls)
    {
        await StartAsync();
        await Fixture.StoreAsync("/seg", Long);
        await using var client = await Host.ConnectAsync(tls);
        await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
        await ReadHeadAsync(client);
        Fixture.Cache.Purge(null, "/");
        Assert.True(Fixture.Parts.Pool.Lent >= Long.Length);
        // Whatever block were free now would be overwritten.
        for (var i = 0; i < 30; i++) await Fixture.StoreAsync($"/other{i}", CacheFixture.Bytes(1 << 20, seed: i));
        var got = new byte[Long.Length];
        await client.ReadExactlyAsync(got, TestContext.Current.CancellationToken);
        Assert.True(got.AsSpan().SequenceEqual(Long));
        await UntilNothingIsLentAsync();
    }

    /// <summary>The reply is given back, the object evicted and its memory used again before the first byte goes out: the piece's own lease has to hold it.</summary>
    [Fact]
    public async Task Reply_GivenBackBeforeTheFlush_StillSendsItsOwnBytes()
    {
        await StartAsync(async context =>
        {
            context.Response.ContentLength = Body.Length;
            await context.Response.StartAsync();
            var output = context.Features.Get<ClientConnection>()!.Output!;
            using (var reply = await Fixture.OpenAsync(CacheFixture.Request("/seg")))
            {
                for (var position = 0; position < Body.Length;)
                {
                    var bytes = await reply.ReadAsync(position, default);
                    Assert.True(reply.TryLend(out var lease));
                    Assert.True(output.TryLend(context.Response.BodyWriter, bytes, lease));
                    position += bytes.Length;
                }
            }

            Fixture.Cache.Purge(null, "/");
            for (var i = 0; i < 30; i++) await Fixture.StoreAsync($"/other{i}", CacheFixture.Bytes(1 << 20, seed: i));
            await context.Response.BodyWriter.FlushAsync();
        });
        await Fixture.StoreAsync("/seg", Body);
        await using var client = await Host.ConnectAsync(tls: false);
        await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
        Assert.Equal(Body, (await ReadAsync(client)).Body);
        await UntilNothingIsLentAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_ThatLeavesAmidTheBody_LeavesNothingHeld(bool tls)
    {
        await StartAsync();
        await Fixture.StoreAsync("/seg", Long);
        for (var i = 0; i < 5; i++)
        {
            var client = await Host.ConnectAsync(tls);
            await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
            await ReadHeadAsync(client);
            await client.ReadExactlyAsync(new byte[i * 100_000], TestContext.Current.CancellationToken);
            await client.DisposeAsync();
        }

        await UntilNothingIsLentAsync();
        await Deadline.Until(() => Host.Memory.Lent == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_ThatAborts_LeavesNothingHeld(bool tls)
    {
        HttpContext? served = null;
        await StartAsync(async context =>
        {
            served = context;
            try
            {
                await ServeAsync(context);
            }
            catch (OperationCanceledException)
            {
                // The client is gone, as far as the handler can tell.
            }
        });
        await Fixture.StoreAsync("/seg", Long);
        await using var client = await Host.ConnectAsync(tls);
        await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
        await ReadHeadAsync(client);
        served!.Abort();
        await UntilNothingIsLentAsync();
        await Deadline.Until(() => Host.Memory.Lent == 0);
    }

    [Fact]
    public async Task Body_ThatBreaksOff_EndsTheConnectionBehindItsOwnBytes()
    {
        await StartAsync();
        await using var client = await Host.ConnectAsync(tls: false);
        await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
        var call = await Fixture.Upstream.NextAsync();
        call.Head(200, Body.Length).Send(Body.AsSpan(0, 200_000));
        await ReadHeadAsync(client);
        var got = new byte[Body.Length];
        await client.ReadExactlyAsync(got.AsMemory(0, 200_000), TestContext.Current.CancellationToken);
        call.Break();
        var rest = 0;
        try
        {
            rest = await client.ReadAsync(got.AsMemory(200_000), TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Value);
        }
        catch (IOException)
        {
            // Reset: as good an end.
        }

        Assert.Equal(0, rest);
        Assert.Equal(Body[..200_000], got[..200_000]);
        await UntilNothingIsLentAsync();
    }

    /// <summary>What is lent and not flushed when the handler fails goes with the connection.</summary>
    [Fact]
    public async Task Handler_ThatFailsBetweenLendingAndFlush_LeavesNothingHeld()
    {
        await StartAsync(async context =>
        {
            context.Response.ContentLength = Body.Length;
            await context.Response.StartAsync();
            using var reply = await Fixture.OpenAsync(CacheFixture.Request("/seg"));
            var bytes = await reply.ReadAsync(0, default);
            Assert.True(reply.TryLend(out var lease));
            Assert.True(context.Features.Get<ClientConnection>()!.Output!.TryLend(context.Response.BodyWriter, bytes, lease));
            throw new InvalidOperationException("of the test");
        });
        await Fixture.StoreAsync("/seg", Body);
        await using var client = await Host.ConnectAsync(tls: false);
        await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
        await ReadHeadAsync(client);
        await UntilNothingIsLentAsync();
    }

    /// <summary>A graceful stop lets the response end, however late its client reads.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_ThatStops_SendsTheBodyToItsEnd(bool tls)
    {
        await StartAsync();
        await Fixture.StoreAsync("/seg", Long);
        await using var client = await Host.ConnectAsync(tls);
        await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
        await ReadHeadAsync(client);
        var stopping = Host.StopAsync();
        var got = new byte[Long.Length];
        await client.ReadExactlyAsync(got, TestContext.Current.CancellationToken);
        Assert.True(got.AsSpan().SequenceEqual(Long));
        await stopping.WaitAsync(Deadline.Value);
        await UntilNothingIsLentAsync();
    }

    /// <summary>A body whose end is in the kernel when HTTP closes the connection is not cut off.</summary>
    [Fact]
    public async Task Connection_ToBeClosed_IsSentToItsEnd()
    {
        await StartAsync();
        await Fixture.StoreAsync("/seg", Long);
        await using var client = await Host.ConnectAsync(tls: false);
        await client.WriteAsync(Get("/seg", fields: "Connection: close\r\n"), TestContext.Current.CancellationToken);
        var (_, got) = await ReadAsync(client);
        Assert.True(got.AsSpan().SequenceEqual(Long));
        Assert.Equal(0, await client.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        await UntilNothingIsLentAsync();
    }
}
