using System.Buffers;
using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Dash;
using Gateway.Origin;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>The surroundings in which the DASH tests rewrite: upstreams, a ticket, and both ways in which a player may know a document.</summary>
internal static class DashBench
{
    public const string Gateway = "http://gw.example";
    public const string Ticket = "/api/v1/playback/TICKET";
    public const string Upstream = "http://origin.example/titles/demo/manifest.mpd";

    public static readonly UpstreamTable Upstreams = new(
    [
        new("origin", new Uri("http://origin.example/")),
        new("cdn", new Uri("https://cdn.example:8443/base/")),
    ]);

    public static readonly ReferenceTarget Target = new(Gateway, _ => Ticket);

    public static ReferenceMap Map(bool mirrored, string upstream = Upstream, UpstreamTable? upstreams = null) =>
        new(upstreams ?? Upstreams, "origin", new Uri(upstream), Target, mirrored);

    public static string Rewrite(string document, bool mirrored = true, string upstream = Upstream)
    {
        var outcome = Rewrite(Encoding.UTF8.GetBytes(document), Map(mirrored, upstream), out var output);
        Assert.True(outcome is DashOutcome.Rewritten or DashOutcome.Unchanged, outcome.ToString());
        var text = Encoding.UTF8.GetString(output);
        Assert.Equal(outcome == DashOutcome.Unchanged, text == document);
        return text;
    }

    public static DashOutcome Rewrite(byte[] document, ReferenceMap map, out byte[] output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var outcome = DashRewriter.Rewrite(document, map, buffer);
        Assert.Equal(outcome == DashOutcome.Rewritten, buffer.WrittenCount > 0);
        output = outcome == DashOutcome.Unchanged ? document : buffer.WrittenSpan.ToArray();
        return outcome;
    }

    public static DashOutcome Outcome(string document) => Rewrite(Encoding.UTF8.GetBytes(document), Map(mirrored: true), out _);
}
