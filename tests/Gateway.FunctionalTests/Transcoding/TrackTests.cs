using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Stub.JustInTime;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Transcoding;

/// <summary>Chunks of a track by their number: a thin form of a just-in-time title.</summary>
public sealed class TrackTests(MediaMadeToOrder media) : IClassFixture<MediaMadeToOrder>
{
    private const string Chunk = "/api/player/stream_chunk/long48.flac";

    [Fact]
    public async Task Chunk_OfASound_IsMadeOnceForAllSpellingsOfIt()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Prefetch:Segments=0");
        foreach (var (query, source) in new[]
        {
            ("", "origin"), ("?enhanced=false&preset=warm&intensity=0.5", "cache"), ("?enhanced=true", "origin"), ("?enhanced=true&preset=adaptive&intensity=1.00", "cache"),
            ("?enhanced=true&intensity=1.0", "cache"), ("?enhanced=true&intensity=0.5", "origin"), ("?enhanced=true&preset=warm", "origin"), ("?enhanced=true&intensity=0.50", "cache"),
            ("?enhanced=true&intensity=0.512", "cache"), ("?enhanced=true&intensity=0.024", "cache"),
        })
        {
            using var answer = await host.Client.GetAsync($"{Chunk}/3{query}");
            Assert.Equal((query, HttpStatusCode.OK), (query, answer.StatusCode));
            Assert.Equal((query, source), (query, answer.Headers.GetValues("X-Served-From").Single()));
            Assert.Equal("audio/webm", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal("48000", answer.Headers.GetValues("X-Sample-Rate").Single());
            Assert.Contains("X-Start-Sample-Offset", answer.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
            Assert.Equal(0x1A45DFA3u, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(await answer.Content.ReadAsByteArrayAsync()));
        }
    }

    /// <summary>A chunk may lie in a cache in front of the gateway, from where everybody gets it: whose session it was asked in is nobody's business there.</summary>
    [Fact]
    public async Task Chunk_ThatCachesMayKeep_NamesNoSession()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Prefetch:Segments=0");
        foreach (var _ in new[] { "opens the session", "finds it" })
        {
            using var chunk = await host.Client.GetAsync($"{Chunk}/3");
            Assert.Equal(HttpStatusCode.OK, chunk.StatusCode);
            Assert.NotEqual(true, chunk.Headers.CacheControl?.Private);
            Assert.DoesNotContain(chunk.Headers, h => h.Key.StartsWith("X-Session-", StringComparison.OrdinalIgnoreCase));
        }

        using var track = await host.Client.GetAsync("/api/library/tracks/long48.flac");
        Assert.True(track.Headers.CacheControl is { NoStore: true } or { Private: true }, track.Headers.CacheControl?.ToString());
        Assert.Equal(32, track.Headers.GetValues("X-Session-Id").Single().Length);
    }

    [Fact]
    public async Task Chunk_AskedTenTimesBesideEachOther_IsMadeOnce()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Prefetch:Segments=0");
        var beside = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.Client.GetByteArrayAsync($"{Chunk}/0")));
        for (var i = 0; i < 10; i++) Assert.Equal(beside[0], await host.Client.GetByteArrayAsync($"{Chunk}/0"));
        Assert.All(beside, b => Assert.Equal(beside[0], b));
        Assert.Equal(1, host.Asked("GET", "seg_00001.webm"));
        Assert.Equal(1, (await host.Transcoder.WorkAsync()).EncodersStarted);
    }

    [Fact]
    public async Task Chunk_Asked_HasTheNextTwoFetchedAhead()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder);
        using var first = await host.Client.GetAsync($"{Chunk}/0");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await Patience.UntilAsync(() => Task.FromResult(host.Asked("GET", "seg_00002.webm") == 1 && host.Asked("GET", "seg_00003.webm") == 1));
        using var next = await host.Client.GetAsync($"{Chunk}/1");
        Assert.Equal("buffer", next.Headers.GetValues("X-Served-From").Single());
    }

    [Theory]
    [InlineData("/-1", HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST")]
    [InlineData("/one", HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST")]
    [InlineData("/99999999999", HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST")]
    [InlineData("/4", HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND")]
    [InlineData("/0?enhanced=true&preset=loud", HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST")]
    [InlineData("/0?enhanced=true&preset=../x", HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST")]
    [InlineData("/0?enhanced=true&intensity=1.1", HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST")]
    [InlineData("/0?enhanced=maybe", HttpStatusCode.BadRequest, "STREAMING_INVALID_REQUEST")]
    [InlineData(".gone/0", HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND")]
    public async Task Chunk_WrongRequest_IsRefusedWithoutWork(string rest, HttpStatusCode status, string code)
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder);
        using var answer = await host.Client.GetAsync(Chunk + rest);
        var problem = await ProblemAsync(answer, status, code);
        Assert.Equal("segment", problem.GetProperty("startupHint").GetProperty("stage").GetString());
        Assert.Equal(0, (await host.Transcoder.WorkAsync()).EncodersStarted);
    }

    [Fact]
    public async Task Track_Described_HasItsChunks()
    {
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder);
        var track = await host.Client.GetFromJsonAsync<JsonElement>("/api/library/tracks/long48.flac");
        Assert.Equal((95d, 30d, 4), (Math.Round(track.GetProperty("duration").GetDouble(), 1), track.GetProperty("chunkSeconds").GetDouble(), track.GetProperty("totalChunks").GetInt32()));
        Assert.Equal(5d, Math.Round(track.GetProperty("chunks")[3].GetProperty("duration").GetDouble(), 1));
        using var unknown = await host.Client.GetAsync("/api/library/tracks/gone.flac");
        await ProblemAsync(unknown, HttpStatusCode.NotFound, "STREAMING_ASSET_NOT_FOUND");
    }

    [Fact]
    public async Task Chunk_WithoutACredential_IsRefused()
    {
        var keys = Path.Combine(media.Folder, "keys.json");
        await File.WriteAllTextAsync(keys, KeySet);
        await using var host = await GatewayWithTranscoder.StartAsync(media.Folder, "--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
        using var refused = await host.Client.GetAsync($"{Chunk}/3");
        await ProblemAsync(refused, HttpStatusCode.Unauthorized, "STREAMING_CREDENTIAL_MISSING");
        using var stranger = WithToken(host.Gateway, "ann", ",\"media\":[\"other/**\"]");
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync($"{Chunk}/3")).StatusCode);
        using var owner = WithToken(host.Gateway, "ann", ",\"media\":[\"long48.flac/**\"]");
        Assert.Equal(HttpStatusCode.OK, (await owner.GetAsync($"{Chunk}/3")).StatusCode);
    }
}
