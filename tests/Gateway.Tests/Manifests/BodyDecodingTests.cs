using System.IO.Compression;
using Gateway.Caching;
using Gateway.Manifests;
using Gateway.Media;
using Gateway.Tests.Caching;

namespace Gateway.Tests.Manifests;

public sealed class BodyDecodingTests : IAsyncDisposable
{
    private static readonly byte[] Playlist = [.. "#EXTM3U\n"u8, .. Enumerable.Range(0, 500).SelectMany(i => System.Text.Encoding.ASCII.GetBytes($"#EXTINF:4,\nsegment{i * 7919 % 1000}.ts\n"))];

    private readonly CacheFixture _fixture = new();
    private int _version;

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("GZIP")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task DecodeAsync_SupportedCoding_IsUndone(string? coding) => Assert.Equal(Playlist, await DecodeAsync(Encode(coding), coding));

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task CodedBody_CutAnywhere_IsNeverTakenForAWhole(string coding)
    {
        var whole = Encode(coding);
        for (var length = 1; length < whole.Length; length += length < 32 || length > whole.Length - 32 ? 1 : 97)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => DecodeAsync(whole[..length], coding));
        }
    }

    /// <summary>RFC 1952 §2.2: a gzip file is a series of members.</summary>
    [Fact]
    public async Task DecodeAsync_GzipOfSeveralMembers_IsOneBody()
    {
        byte[] whole = [.. Encode("gzip"), .. Encode("gzip")];
        byte[] twice = [.. Playlist, .. Playlist];
        Assert.Equal(twice, await DecodeAsync(whole, "gzip"));
        for (var cut = 1; cut < 40; cut++) await Assert.ThrowsAsync<InvalidDataException>(() => DecodeAsync(whole[..^cut], "gzip"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    public async Task DecodeAsync_BodyOfAnotherCoding_IsInvalid(string coding) => await Assert.ThrowsAsync<InvalidDataException>(() => DecodeAsync(Playlist, coding));

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task DecodeAsync_DecompressionBomb_EndsAtTheLimit(string coding)
    {
        using var packed = new MemoryStream();
        using (var packer = Packer(packed, coding)) packer.Write(new byte[8 << 20]);
        Assert.Null(await DecodeAsync(packed.ToArray(), coding));
    }

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    private static byte[] Encode(string? coding)
    {
        if (coding is null or "identity") return Playlist;
        using var packed = new MemoryStream();
        using (var packer = Packer(packed, coding)) packer.Write(Playlist);
        return packed.ToArray();
    }

    private static Stream Packer(Stream packed, string coding) => coding.ToLowerInvariant() switch
    {
        "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        _ => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
    };

    private async Task<byte[]?> DecodeAsync(byte[] body, string? coding)
    {
        var address = new MediaAddress("origin", $"/{_version++}.m3u8", "");
        var open = _fixture.Cache.OpenAsync(new CacheRequest { Address = address }, default);
        var call = await _fixture.Upstream.NextAsync();
        if (coding is null) call.Answer(200, body);
        else call.Answer(200, body, ("Content-Encoding", coding));
        using var reply = await open.Within();
        return await BodyDecoding.ReadAsync(reply, 1 << 20, new RewritingBudget(new ManifestsOptions()), default);
    }
}
