using System.Globalization;
using Gateway.Caching;
using Gateway.FunctionalTests.CachedRoutes;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Http;

namespace Gateway.FunctionalTests;

/// <summary>One fetch for many readers, through real connections.</summary>
public sealed class CollapseTests
{
    private static readonly TimeSpan Deadline = Patience.Deadline;

    [Fact]
    public async Task Segment_ColdForAThousandClients_IsOneUpstreamRequestReadAlong()
    {
        const int clients = 1000;
        const int half = 100_000;
        var body = new byte[2 * half];
        for (var i = 0; i < body.Length; i++) body[i] = (byte)(i * 7 + (i >> 8));
        var everybodyHasHalf = new TaskCompletionSource();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = async context =>
        {
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body.AsMemory(0, half));
            await context.Response.Body.FlushAsync();
            await everybodyHasHalf.Task.WaitAsync(Deadline);
            await context.Response.Body.WriteAsync(body.AsMemory(half));
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = fixture.Url, Timeout = Deadline };

        var missing = clients;
        var answers = await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            using var answer = await client.GetAsync("/play/title/seg1.m4s", HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            await using var stream = await answer.Content.ReadAsStreamAsync();
            var got = new byte[body.Length];
            await stream.ReadExactlyAsync(got.AsMemory(0, half));
            // The second half is sent when the last client has the first: no client waits for the whole.
            if (Interlocked.Decrement(ref missing) == 0) everybodyHasHalf.SetResult();
            await stream.ReadExactlyAsync(got.AsMemory(half));
            Assert.Equal(body, got);
            return answer.Headers.GetValues("Cache-Status").Single();
        })).WaitAsync(Deadline);

        Assert.Single(origin.Requests, r => r.Target.EndsWith("seg1.m4s", StringComparison.Ordinal));
        Assert.Equal(clients - 1, answers.Count(a => a.EndsWith("; collapsed", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("no-cache")]
    public async Task Playlist_NotStorableForManyViewers_IsOneUpstreamRequest(string cacheControl)
    {
        const int viewers = 200;
        const string playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2,\nseg7.ts\n";
        var everybodyIsIn = new TaskCompletionSource();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(".m3u8", StringComparison.Ordinal)) return;
            context.Response.ContentType = "application/vnd.apple.mpegurl";
            context.Response.Headers.CacheControl = cacheControl;
            await context.Response.WriteAsync(playlist[..20]);
            await context.Response.Body.FlushAsync();
            await everybodyIsIn.Task.WaitAsync(Deadline);
            await context.Response.WriteAsync(playlist[20..]);
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = fixture.Url, Timeout = Deadline };
        var cache = fixture.Part<MediaCache>();
        for (var reload = 1; reload <= 3; reload++)
        {
            var joined = (viewers - 1) * reload;
            var asked = Enumerable.Range(0, viewers).Select(_ => client.GetStringAsync("/play/live/media.m3u8")).ToArray();
            await Patience.UntilAsync(() => Task.FromResult(cache.Statistics().Requests["joined"] == joined));
            everybodyIsIn.SetResult();
            foreach (var text in await Task.WhenAll(asked).WaitAsync(Deadline)) Assert.Contains("/seg7.ts", text, StringComparison.Ordinal);
            Assert.Equal(reload, origin.Requests.Count(r => r.Target.EndsWith(".m3u8", StringComparison.Ordinal)));
            await Patience.UntilAsync(() => Task.FromResult(cache.Statistics().Fetches == 0));
            everybodyIsIn = new TaskCompletionSource();
        }
    }

    [Theory]
    [InlineData("media.m3u8", 30)]
    [InlineData("seg1.ts", 0)]
    public async Task Body_BreaksBeforeAnythingWentOut_IsFetchedOnceMore(string name, int sent)
    {
        const string body = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2,\nseg7.ts\n#EXT-X-ENDLIST\n";
        var isBroken = true;
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(name, StringComparison.Ordinal)) return;
            context.Response.ContentLength = body.Length;
            await context.Response.StartAsync();
            await context.Response.WriteAsync(body[..sent]);
            await context.Response.Body.FlushAsync();
            if (isBroken) context.Abort();
            else await context.Response.WriteAsync(body[sent..]);
            isBroken = false;
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        Assert.Contains("seg7.ts", await fixture.Client.GetStringAsync("/play/live/" + name), StringComparison.Ordinal);
        Assert.Equal(2, origin.Requests.Count(r => r.Target.EndsWith(name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Player_GivesUpAndRetries_IsOneUpstreamRequest()
    {
        var asked = new TaskCompletionSource();
        var made = new TaskCompletionSource();
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(".m4s", StringComparison.Ordinal)) return;
            asked.TrySetResult();
            await made.Task.WaitAsync(Deadline);
            await context.Response.WriteAsync("made");
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(
            origin.Address, "--Gateway:Origin:FirstByteTimeout=00:02:00", "--Gateway:Origin:TimeBudget=00:04:00", "--Gateway:Cache:LingerTime=00:02:00");
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = fixture.Url, Timeout = Deadline };
        using var patience = new CancellationTokenSource();
        var first = client.GetAsync("/play/title/seg1.m4s", patience.Token);
        await asked.Task.WaitAsync(Deadline);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Deadline));
        var cache = fixture.Part<MediaCache>();
        using var limit = new CancellationTokenSource(Deadline, TimeProvider.System);
        while (cache.FetchesUnderWay > 0) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, limit.Token);
        Assert.Equal(1, cache.Statistics().Fetches);

        var retry = client.GetStringAsync("/play/title/seg1.m4s");
        made.SetResult();
        Assert.Equal("made", await retry.WaitAsync(Deadline));
        Assert.Single(origin.Requests, r => r.Target.EndsWith(".m4s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task UnsafeRequest_ForMedia_InvalidatesTheCachedObject()
    {
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = context => context.Request.Method == "GET" ? context.Response.WriteAsync(context.Request.Path.Value!.EndsWith(".m3u8", StringComparison.Ordinal) ? "#EXTM3U\n#EXT-X-ENDLIST\n" : "bytes") : Task.CompletedTask;
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address, "--ReverseProxy:Clusters:origin:Metadata:Media.Methods=POST");
        var session = await ControlPlane.CreateAsync(fixture.Client, new { mediaId = "title" });
        var segment = session.GetProperty("hlsUrl").GetString()!.Replace("master.m3u8", "seg1.m4s", StringComparison.Ordinal);
        var fetched = new List<int>();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Get, HttpMethod.Options, HttpMethod.Get, HttpMethod.Post, HttpMethod.Get })
        {
            using var answer = await fixture.Client.SendAsync(new HttpRequestMessage(method, segment));
            if (method == HttpMethod.Get) fetched.Add(origin.Requests.Count(r => r.Method == "GET" && r.Target.EndsWith(".m4s", StringComparison.Ordinal)));
        }

        Assert.Equal([1, 1, 1, 2], fetched);
    }

    [Fact]
    public async Task Film_FirstRequest_IsFetchedInSlices()
    {
        var film = new byte[10 << 20];
        for (var i = 0; i < film.Length; i++) film[i] = (byte)(i * 13 + (i >> 11));
        await using var origin = await ScriptedOrigin.StartAsync();
        origin.Answer = async context =>
        {
            var (from, to) = RangeOf(context.Request, film.Length);
            context.Response.StatusCode = 206;
            context.Response.Headers.ETag = "\"film\"";
            context.Response.Headers.ContentRange = $"bytes {from}-{to}/{film.Length}";
            context.Response.ContentLength = to - from + 1;
            await context.Response.Body.WriteAsync(film.AsMemory(from, to - from + 1));
        };
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Address);
        for (var round = 0; round < 2; round++)
        {
            using var answer = await fixture.Client.GetAsync("/play/films/film.mp4");
            Assert.Equal((200, film.Length), ((int)answer.StatusCode, answer.Content.Headers.ContentLength));
            Assert.Equal(film, await answer.Content.ReadAsByteArrayAsync());
        }

        var ranges = origin.Requests.Where(r => r.Target == "/films/film.mp4").Select(r => r["Range"]).Order(StringComparer.Ordinal);
        Assert.Equal(["bytes=0-4194303", "bytes=4194304-8388607", "bytes=8388608-12582911"], ranges);
    }

    private static (int From, int To) RangeOf(HttpRequest request, int length)
    {
        var parts = request.Headers.Range.ToString()["bytes=".Length..].Split('-');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), Math.Min(length - 1, int.Parse(parts[1], CultureInfo.InvariantCulture)));
    }
}
