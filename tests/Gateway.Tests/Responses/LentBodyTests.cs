using System.Net;
using Gateway.Connections;
using Gateway.Tests.Caching;
using Gateway.Tests.Connections.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Gateway.Tests.Responses;

/// <summary>Cached bodies through the real server: which way they take, each byte of them, and what is held afterwards.</summary>
public sealed class LentBodyTests : LentBodyServing
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_ThatIsHeld_IsLentOnAConnectionThatStaysOpen(bool tls)
    {
        await StartAsync();
        await Fixture.StoreAsync("/seg", Body);
        await using var client = await Host.ConnectAsync(tls);
        for (var i = 1; i <= 3; i++)
        {
            await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
            Assert.Equal(Body, (await ReadAsync(client)).Body);
            await Deadline.Until(() => Host.Metrics.Sent("lent") == i * Body.Length);
        }

        await UntilNothingIsLentAsync();
        Assert.Equal(0, Host.Memory.Lent);
    }

    [Fact]
    public async Task Range_OfAHeldBody_IsLentToTheByte()
    {
        await StartAsync();
        await Fixture.StoreAsync("/seg", Body);
        await using var client = await Host.ConnectAsync(tls: false);
        foreach (var (from, to) in new[] { (0, 8191), (65_535, 131_072), (65_536, 131_071), (1, 299_998), (290_000, 299_999), (299_999, 299_999) })
        {
            await client.WriteAsync(Get("/seg", fields: $"Range: bytes={from}-{to}\r\n"), TestContext.Current.CancellationToken);
            var (head, body) = await ReadAsync(client);
            Assert.StartsWith("HTTP/1.1 206", head, StringComparison.Ordinal);
            Assert.Equal(Body[from..(to + 1)], body);
        }

        Assert.True(Host.Metrics.Sent("lent") > 300_000);
    }

    /// <summary>Each slice is given back while its bytes may still be on their way.</summary>
    [Fact]
    public async Task File_InSlices_IsLentAcrossThem()
    {
        var file = CacheFixture.Bytes(3 << 20, seed: 5);
        Fixture.Upstream.Answers = call =>
        {
            var range = call.Request.Range!.Value;
            var end = Math.Min(range.End, file.Length);
            call.Answer(206, file[(int)range.Offset..(int)end], ("ETag", "\"v1\""), ("Content-Range", $"bytes {range.Offset}-{end - 1}/{file.Length}"));
        };
        await StartAsync();
        await using var client = await Host.ConnectAsync(tls: false);
        for (var i = 0; i < 2; i++)
        {
            await client.WriteAsync(Get("/film.mp4", fields: "Range: bytes=100-3000000\r\n"), TestContext.Current.CancellationToken);
            Assert.Equal(file[100..3_000_001], (await ReadAsync(client)).Body);
        }

        Assert.True(Host.Metrics.Sent("lent") > 3_000_000);
        await UntilNothingIsLentAsync();
    }

    [Fact]
    public async Task Body_StillArriving_IsLentAsItComes()
    {
        await StartAsync();
        await using var client = await Host.ConnectAsync(tls: false);
        await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
        var call = await Fixture.Upstream.NextAsync();
        call.Head(200, Body.Length).Send(Body.AsSpan(0, 100_000));
        await ReadHeadAsync(client);
        var got = new byte[Body.Length];
        await client.ReadExactlyAsync(got.AsMemory(0, 100_000), TestContext.Current.CancellationToken);
        call.Send(Body.AsSpan(100_000)).End();
        await client.ReadExactlyAsync(got.AsMemory(100_000), TestContext.Current.CancellationToken);
        Assert.Equal(Body, got);
        Assert.True(Host.Metrics.Sent("lent") > 0);
        await UntilNothingIsLentAsync();
    }

    /// <summary>Chunks of HTTP/1.1 have their lengths before them, and a body without a length may be dropped block by block.</summary>
    [Fact]
    public async Task Body_OfUnknownLength_IsCopied()
    {
        await StartAsync();
        using var client = Host.Client(tls: false, HttpVersion.Version11);
        var asking = client.GetAsync("/seg", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var call = await Fixture.Upstream.NextAsync();
        // The end comes when the answer has begun: a body that is in would have a length.
        call.Head(200, null).Send(Body);
        using var answer = await asking;
        call.End();
        Assert.Equal(Body, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, Host.Metrics.Sent("lent"));
        await UntilNothingIsLentAsync();
    }

    [Fact]
    public async Task Body_OverHttp2_IsCopied()
    {
        await StartAsync();
        await Fixture.StoreAsync("/seg", Body);
        using var client = Host.Client(tls: true, HttpVersion.Version20);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.GetByteArrayAsync("/seg", TestContext.Current.CancellationToken)));
        Assert.All(answers, a => Assert.Equal(Body, a));
        Assert.Equal(0, Host.Metrics.Sent("lent"));
        Assert.True(Host.Metrics.Sent("copied") > 8 * Body.Length);
        await UntilNothingIsLentAsync();
    }

    [Fact]
    public async Task Body_ThatIsCompressed_IsCopied()
    {
        await StartAsync(
            async context =>
            {
                context.Response.ContentType = "text/plain";
                await ServeAsync(context);
            },
            app => app.UseResponseCompression());
        await Fixture.StoreAsync("/seg", Body);
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = Host.Url(tls: false) };
        using var answer = await client.GetAsync("/seg", TestContext.Current.CancellationToken);
        Assert.Equal(Body, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, Host.Metrics.Sent("lent"));
        await UntilNothingIsLentAsync();
    }

    /// <summary>Somebody takes the length away when the response begins: what was to be lent goes out in chunks.</summary>
    [Fact]
    public async Task Body_WhoseLengthIsTakenAway_IsCopied()
    {
        await StartAsync(context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.ContentLength = null;
                return Task.CompletedTask;
            });
            return ServeAsync(context);
        });
        await Fixture.StoreAsync("/seg", Body);
        using var client = Host.Client(tls: false, HttpVersion.Version11);
        using var answer = await client.GetAsync("/seg", TestContext.Current.CancellationToken);
        Assert.True(answer.Headers.TransferEncodingChunked);
        Assert.Equal(Body, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, Host.Metrics.Sent("lent"));
        await UntilNothingIsLentAsync();
    }

    [Fact]
    public async Task Body_WithTrailers_IsCopiedAndTheyFollowIt()
    {
        await StartAsync(async context =>
        {
            context.Response.DeclareTrailer("X-End");
            await ServeAsync(context);
            context.Response.AppendTrailer("X-End", "yes");
        });
        await Fixture.StoreAsync("/seg", Body);
        using var client = Host.Client(tls: true, HttpVersion.Version20);
        using var answer = await client.GetAsync("/seg", TestContext.Current.CancellationToken);
        Assert.Equal(Body, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("yes", answer.TrailingHeaders.GetValues("X-End").Single());
        Assert.Equal(0, Host.Metrics.Sent("lent"));
    }

    [Fact]
    public async Task Body_WhereTheKnobIsOff_IsCopiedByTheServersOwnTransport()
    {
        await StartAsync(knobs: ("Gateway:Connections:LendBlocks", "false"));
        await Fixture.StoreAsync("/seg", Body);
        foreach (var tls in new[] { false, true })
        {
            await using var client = await Host.ConnectAsync(tls);
            await client.WriteAsync(Get("/seg"), TestContext.Current.CancellationToken);
            Assert.Equal(Body, (await ReadAsync(client)).Body);
        }

        Assert.Equal((0, 0), (Host.Metrics.Sent("lent"), Host.Metrics.Sent("copied")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_Pipelined_AreAnsweredInOrderToTheByte(bool tls)
    {
        await StartAsync();
        var other = CacheFixture.Bytes(100_001, seed: 9);
        await Fixture.StoreAsync("/seg", Body);
        await Fixture.StoreAsync("/other", other);
        await Fixture.StoreAsync("/small", Body[..100]);
        await using var client = await Host.ConnectAsync(tls);
        await client.WriteAsync(
            (byte[])[.. Get("/seg"), .. Get("/small"), .. Get("/other", "HEAD"), .. Get("/other"), .. Get("/seg", fields: "Range: bytes=70000-70009\r\n"), .. Get("/seg")],
            TestContext.Current.CancellationToken);
        Assert.Equal(Body, (await ReadAsync(client)).Body);
        Assert.Equal(Body[..100], (await ReadAsync(client)).Body);
        Assert.Contains("Content-Length: 100001", (await ReadAsync(client, isHead: true)).Head, StringComparison.Ordinal);
        Assert.Equal(other, (await ReadAsync(client)).Body);
        Assert.Equal(Body[70_000..70_010], (await ReadAsync(client)).Body);
        Assert.Equal(Body, (await ReadAsync(client)).Body);
        await UntilNothingIsLentAsync();
    }

    /// <summary>The server counts a body that is written in answer to HEAD, and drops it.</summary>
    [Fact]
    public async Task Head_WhoseHandlerLends_HasNoBodyAndReleases()
    {
        var leases = new CountedLeases();
        var lent = true;
        await StartAsync(async context =>
        {
            context.Response.ContentLength = Body.Length;
            await context.Response.StartAsync();
            var taken = context.Features.Get<ClientConnection>()!.Output!.TryLend(context.Response.BodyWriter, Body, leases.Take());
            if (HttpMethods.IsHead(context.Request.Method)) lent = leases.Held > 0;
            Assert.True(taken);
            await context.Response.BodyWriter.FlushAsync();
        });
        await using var client = await Host.ConnectAsync(tls: false);
        await client.WriteAsync((byte[])[.. Get("/", "HEAD"), .. Get("/")], TestContext.Current.CancellationToken);
        await ReadAsync(client, isHead: true);
        Assert.Equal(Body, (await ReadAsync(client)).Body);
        Assert.False(lent);
        // The kernel has the bytes, and so may the client, a moment before they are given back.
        await Deadline.Until(() => leases.Held == 0);
        Assert.Equal((2, 0), (leases.Taken, leases.ReleasedTwice));
    }

    /// <summary>A slow client of a playlist or a page: the server's own rule would cut it, and nothing but the rule of connections may.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_OfAnyKind_IsFreeOfTheServersRateOverHttp11(bool tls)
    {
        MinDataRateSeen? seen = null;
        await StartAsync(context =>
        {
            seen = new MinDataRateSeen(context.Features.Get<IHttpMinResponseDataRateFeature>() is { MinDataRate: null });
            return Task.CompletedTask;
        });
        using var client = Host.Client(tls, HttpVersion.Version11);
        client.DefaultRequestHeaders.Connection.Add("keep-alive");
        for (var i = 0; i < 2; i++)
        {
            seen = null;
            using var answer = await client.GetAsync("/", TestContext.Current.CancellationToken);
            Assert.True(seen!.IsOff);
        }
    }

    private sealed record MinDataRateSeen(bool IsOff);
}
