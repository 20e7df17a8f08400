using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Origin;

namespace Gateway.Tests.Manifests.Hls;

/// <summary>A gateway at <c>https://gw.example</c> with a few upstreams, as the playlist tests see it.</summary>
internal static class HlsRewriting
{
    public const string Ticket = "/api/v1/playback/T";
    public const string OtherTicket = "/api/v1/playback/other";
    public const string PublicOrigin = "https://gw.example";
    public const string Upstream = "http://o.example:9090/demo/v1/media.m3u8?sid=7&name=caf%C3%A9";

    /// <summary>Cluster by address; tests map gateway URLs back with it.</summary>
    public static readonly (string Cluster, string Address)[] Clusters =
    [
        ("origin", "http://o.example:9090/"),
        ("ads", "https://example.com/"),
        ("ads", "http://example.com/"),
        ("media", "http://media.example.com/"),
        ("vod", "http://v.example/base/"),
    ];

    public static readonly UpstreamTable Upstreams = new(Clusters.Select(c => new UpstreamTable.Upstream(c.Cluster, new Uri(c.Address))));

    private static readonly ReferenceTarget Target = new(
        PublicOrigin,
        address => address.Cluster == "origin" && address.Path.StartsWith("/demo/", StringComparison.Ordinal) ? Ticket : OtherTicket);

    public static ReferenceMap Map(bool mirrored, string upstream = Upstream) =>
        new(Upstreams, "origin", new Uri(upstream), Target, mirrored);

    public static HlsRewrite Rewrite(
        ReadOnlySpan<byte> playlist, bool mirrored, out byte[] result, FrozenDictionary<string, string>? importable = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var map = Map(mirrored);
        var rewrite = HlsRewriter.Rewrite(playlist, map, Variables(importable), output);
        result = rewrite.Outcome == HlsOutcome.Unchanged ? playlist.ToArray() : output.WrittenSpan.ToArray();
        if (rewrite.Outcome == HlsOutcome.Unchanged) Assert.Equal(0, output.WrittenCount);
        CheckSecondViewer(playlist, rewrite, result);
        return rewrite;
    }

    /// <summary>Whoever asks next gets the same bytes, by the places that were found; whatever the test is about.</summary>
    private static void CheckSecondViewer(ReadOnlySpan<byte> playlist, in HlsRewrite rewrite, byte[] first)
    {
        if (rewrite.PlainPlaces is not { } places) return;
        using var second = new PooledBuffer(0);
        Assert.False(places.TryWrite(playlist, Map(mirrored: true), second));
        var isWritten = places.TryWrite(playlist, Map(mirrored: false), second);
        Assert.Equal(rewrite.OverlongLines == 0, isWritten);
        if (isWritten) Assert.Equal(first, second.Written);
    }

    public static string Rewrite(string playlist, bool mirrored, FrozenDictionary<string, string>? importable = null)
    {
        var rewrite = Rewrite(Encoding.UTF8.GetBytes(playlist), mirrored, out var result, importable);
        Assert.True(rewrite.Succeeded, rewrite.Outcome.ToString());
        return Encoding.UTF8.GetString(result);
    }

    public static HlsVariables Variables(FrozenDictionary<string, string>? importable = null) =>
        new(importable ?? FrozenDictionary<string, string>.Empty, new Uri(Upstream).Query);
}
