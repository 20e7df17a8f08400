using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Manifests.Offers;
using Gateway.Media;
using Gateway.Origin;
using Gateway.Playback.Requests;
using Gateway.Prefetch;
using Gateway.Responses;
using Gateway.Steering;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Tests.Manifests;

/// <summary>What is shared among the viewers of a manifest, and what is made for each.</summary>
public sealed class ManifestRewriterTests : IDisposable
{
    private const string Url = "http://origin.example/film/media.m3u8";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RewritingBudget _budget;
    private readonly ManifestRewriter _rewriter;

    public ManifestRewriterTests()
    {
        var upstreams = new Upstreams(NullLogger<Upstreams>.Instance);
        var origin = new ClusterConfig { ClusterId = "origin", Destinations = new Dictionary<string, DestinationConfig> { ["a"] = new() { Address = "http://origin.example/" } } };
        upstreams.ConfigurationApplied([new InMemoryConfigProvider([], [origin]).GetConfig()]);
        var options = new ManifestsOptions { CompressFrom = 1000, MaxRewrittenBytes = 4 << 20 };
        _budget = new RewritingBudget(options);
        _rewriter = new ManifestRewriter(upstreams, options, new OfferReader(upstreams, new ManualTimeProvider()), _budget, new ManifestMetrics(_services.GetRequiredService<IMeterFactory>()), new SteeringPlan(new SteeringOptions()));
    }

    [Fact]
    public void PlainPlaylist_KnownByItsMappedUrl_IsOneBodyForAll()
    {
        var manifest = Manifest("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXTINF:2,\nb/c.ts\n");
        using var first = Rewrite(manifest);
        Assert.True(manifest.StandsForAll);
        using var second = Rewrite(manifest);
        Assert.True(first.Bytes.Equals(second.Bytes));
        Assert.Equal(0, _budget.Taken);
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXTINF:2,\nb/c.ts\n")]
    [InlineData("\uFEFF#EXTM3U\r\n#EXT-X-MAP:URI=\"init.mp4\"\r\n#EXTINF:2,\r\na.m4s?x=1\r\n")]
    [InlineData("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k.bin\"\n#EXTINF:2,\na.ts\n")]
    [InlineData("#EXTM3U\n#EXTINF:2,\na.ts\n#EXTINF:2,\n../b.ts\n#EXTINF:2,\nhttp://elsewhere.example/c.ts\n")]
    [InlineData("#EXTM3U\n#EXT-X-DEFINE:NAME=\"d\",VALUE=\"x\"\n#EXTINF:2,\n{$d}/a.ts\n")]
    public void Playlist_OnAnEntryRoute_IsTheSameForEachFurtherViewer(string playlist)
    {
        var manifest = Manifest(playlist);
        using var first = Rewrite(manifest, mirrored: false);
        Assert.Contains("/api/v1/playback/T/origin/", Text(first), StringComparison.Ordinal);
        using var second = Rewrite(manifest, mirrored: false);
        Assert.Equal(Text(first), Text(second));
        manifest.DropGains();
        using var third = Rewrite(manifest, mirrored: false);
        Assert.Equal(Text(first), Text(third));
    }

    [Fact]
    public void PlainPlaylist_WhosePlacesAreKept_CountsThemAndLeavesOtherFormsAlone()
    {
        var manifest = Manifest("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXTINF:2,\nb/c.ts\n");
        Rewrite(manifest, mirrored: false).Dispose();
        Assert.True(manifest.TryTakeGrowth(out var bytes));
        Assert.Equal(2 * sizeof(int), bytes);
        using var limited = Rewrite(manifest, mirrored: false, isLimited: true);
        Assert.Contains("/api/v1/playback/T/origin/film/b/c.ts", Text(limited), StringComparison.Ordinal);
        using var mirrored = Rewrite(manifest);
        Assert.DoesNotContain("playback", Text(mirrored), StringComparison.Ordinal);
    }

    [Fact]
    public void PlainPlaylist_UnderATicketForItsFolderAlone_IsWrittenForItsViewer()
    {
        var manifest = Manifest("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n");
        Rewrite(manifest).Dispose();
        Assert.True(manifest.StandsForAll);
        using (var limited = Rewrite(manifest, isLimited: true)) Assert.Contains("/api/v1/playback/T/origin/film/a.ts", Text(limited), StringComparison.Ordinal);
        using var moved = Rewrite(manifest, mirrored: false);
        Assert.Contains("/api/v1/playback/T/origin/film/a.ts", Text(moved), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"k\"")]
    [InlineData("#EXT-X-DEFINE:QUERYPARAM=\"a\"")]
    [InlineData("../b.ts")]
    public void Rewrite_PlaylistWithReferencesToLookUp_IsScannedEachTime(string line)
    {
        var manifest = Manifest($"#EXTM3U\n#EXT-X-TARGETDURATION:2\n{line}\na.ts\n");
        Rewrite(manifest).Dispose();
        Assert.False(manifest.StandsForAll);
    }

    [Fact]
    public void Compression_SizeGrownByRewriting_DecidesByTheRewrittenSize()
    {
        // 60 lines of 6 bytes come in, and 60 of some forty go out.
        var manifest = Manifest("#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + string.Concat(Enumerable.Repeat("/a.ts\n", 60)));
        using var small = Rewrite(Manifest("#EXTM3U\n#EXT-X-TARGETDURATION:2\n/a.ts\n"), accepted: "br");
        Assert.Null(small.Coding);
        using var body = Rewrite(manifest, accepted: "br");
        Assert.Equal("br", body.Coding);
        using var plain = new BrotliStream(new MemoryStream(body.Bytes.ToArray()), CompressionMode.Decompress);
        using var text = new StreamReader(plain);
        Assert.Contains("/api/v1/playback/T/origin/a.ts", text.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void PlaylistThatGrowsBeyondItsBounds_IsRefused_AndLeavesNothingBehind()
    {
        var manifest = Manifest("#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + string.Concat(Enumerable.Repeat("/a\n", 200_000)));
        Assert.Equal(ManifestOutcome.TooLarge, Rewrite(manifest, out _));
        Assert.Equal(0, _budget.Taken);
    }

    public void Dispose() => _services.Dispose();

    private ManifestBody Rewrite(UpstreamManifest manifest, bool mirrored = true, bool isLimited = false, string? accepted = null)
    {
        Assert.Equal(ManifestOutcome.Served, Rewrite(manifest, out var body, mirrored, isLimited, accepted));
        return body;
    }

    private ManifestOutcome Rewrite(UpstreamManifest manifest, out ManifestBody body, bool mirrored = true, bool isLimited = false, string? accepted = null)
    {
        var request = new PlaybackRequest
        {
            Address = new MediaAddress("origin", "/film/media.m3u8", ""),
            SessionId = Guid.Empty,
            Mirrored = mirrored,
            TicketPath = _ => "/api/v1/playback/T",
            Tracker = new PlaybackTracker(),
            Counts = new SegmentCounts(),
        };
        var target = new ReferenceTarget("https://gw.example", request.TicketPath) { IsLimited = isLimited };
        return _rewriter.Rewrite(manifest, request, Url, target, FrozenDictionary<string, string>.Empty, accepted, out body);
    }

    private static string Text(ManifestBody body) => Encoding.UTF8.GetString(body.Bytes.Span);

    private static HlsMediaPlaylist Manifest(string playlist) => new HlsMediaPlaylist { Body = Encoding.UTF8.GetBytes(playlist), Version = 1 };
}
