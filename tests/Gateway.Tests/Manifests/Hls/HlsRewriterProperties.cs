using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

public sealed class HlsRewriterProperties
{
    private static readonly Config Quick = Dice.Config(3000);

    private static readonly Gen<string> Segment = Gen.Elements(
        "a", "seg_1.ts", "demo", "v1", "base", "ads", "..", ".", "", "%2e%2e", "%2E", "x%2Fy", "ü", "a b", "a:b", "~", "$Number$", "...");

    private static readonly Gen<string> Query = Gen.Elements("", "", "", "?", "?a=b", "?u=http://x/../y", "#f", "?a#b/../c");

    private static readonly Gen<string> Head = Gen.Elements(
        "", "", "", "/", "//o.example:9090/", "//x.example/", "http://o.example:9090/", "http://o.example:9090/demo/", "https://example.com/",
        "http://media.example.com/", "http://v.example/base/", "http://v.example/", "http://x.example/", "https://o.example:9090/", "http://o.example/");

    private static readonly Gen<string> References =
        from head in Head
        from path in Gen.ListOf(Segment, 4)
        from query in Query
        select head + string.Join('/', path) + query;

    private static readonly Gen<string> ForeignReferences =
        from scheme in Gen.Elements("http:", "https:", "HTTP:", "")
        from host in Gen.Elements("x.example", "o.example", "o.example:9091", "example.com:8080", "o.example.x", "xo.example:9090", "v.example/basement", "[::1]")
        from path in Gen.ListOf(Segment, 3)
        from query in Query
        select $"{scheme}//{host}/{string.Join('/', path.Where(s => s is not (".." or "%2e%2e")))}{query}";

    private static readonly Gen<string> OtherLines = Gen.OneOf(
        Gen.Elements("#EXTINF:4,", "#EXT-X-ENDLIST", "#EXT-X-BYTERANGE:5", "# comment http://example.com/", "#EXT-X-UNKNOWN:URI=\"/a\"", "", "  ", "#EXT", "#EXT-X-KEY:METHOD=NONE"),
        from text in ArbMap.Default.GeneratorFor<NonNull<string>>()
        select "#" + new string([.. text.Get.Where(c => c is not ('\n' or '\r') && !char.IsSurrogate(c))]));

    [Fact]
    public void Rewrite_NothingToMap_GivesTheSameBytes() => Prop.ForAll(
        Gen.ListOf(Gen.OneOf(OtherLines, Gen.Elements("seg.ts", "a/b.ts?x=/../", "../v2/ü.ts", "?q", "skd://x", "https://x.example/a")), 12).ToArbitrary(),
        lines =>
        {
            var playlist = Encoding.UTF8.GetBytes("#EXTM3U\n" + string.Join('\n', lines.Where(l => !MayHoldReferences(l))));
            return Rewrite(playlist, mirrored: true, out _).Outcome == HlsOutcome.Unchanged;
        }).Check(Quick);

    [Fact]
    public void Rewrite_Twice_IsTheSameAsOnce() => Prop.ForAll(
        Gen.ListOf(References, 6).ToArbitrary(),
        Gen.Elements(true, false).ToArbitrary(),
        (references, mirrored) =>
        {
            var once = HlsRewriting.Rewrite(Playlist(references), mirrored);
            return HlsRewriting.Rewrite(once, mirrored) == once;
        }).Check(Quick);

    [Fact]
    public void Map_ForeignUrl_IsNeverMadeOurs() => Prop.ForAll(
        ForeignReferences.ToArbitrary(),
        Gen.Elements(Enum.GetValues<ReferenceForm>()).ToArbitrary(),
        Gen.Elements(true, false).ToArbitrary(),
        (reference, form, mirrored) =>
        {
            var output = new ArrayBufferWriter<byte>();
            Map(mirrored).Map(Encoding.UTF8.GetBytes(reference), form, output);
            return !Encoding.UTF8.GetString(output.WrittenSpan).Contains("gw.example", StringComparison.Ordinal)
                && !Encoding.UTF8.GetString(output.WrittenSpan).Contains("/playback/", StringComparison.Ordinal);
        }).Check(Quick);

    [Fact]
    public void Map_AnyReference_LeadsWhereItLedUpstream() => Prop.ForAll(
        References.ToArbitrary(),
        Gen.Elements(true, false).ToArbitrary(),
        (reference, mirrored) =>
        {
            // System.Uri resolves plain dots before escaped ones, browsers from left to right; those have their own table.
            if (reference.Contains("%2e", StringComparison.OrdinalIgnoreCase)) return true;
            var output = new ArrayBufferWriter<byte>();
            var verdict = Map(mirrored).Map(Encoding.UTF8.GetBytes(reference), ReferenceForm.Shortest, output);
            var written = verdict == ReferenceVerdict.Replaced ? Encoding.UTF8.GetString(output.WrittenSpan) : reference;
            var player = new Uri(mirrored
                ? PublicOrigin + Ticket + "/origin" + new Uri(Upstream).PathAndQuery
                : PublicOrigin + "/play/demo/v1/media.m3u8");
            if (!Uri.TryCreate(new Uri(Upstream), reference, out var wanted) || wanted.Scheme is not ("http" or "https")) return written == reference;
            var asked = new Uri(player, written);
            if (asked.Host != "gw.example") return asked.AbsoluteUri == wanted.AbsoluteUri;
            var parts = asked.AbsoluteUri.Split('/', 9);
            return Clusters.Any(c => c.Cluster == parts[7] && WithoutScheme(c.Address + parts[8]) == WithoutScheme(wanted.AbsoluteUri));
        }).Check(Quick);

    [Fact]
    public void Map_DifferentUrls_StayDifferent() => Prop.ForAll(
        References.ToArbitrary(),
        References.ToArbitrary(),
        (left, right) =>
        {
            var upstream = new Uri(Upstream);
            if ((left + right).Contains("%2e", StringComparison.OrdinalIgnoreCase)) return true;
            if (!Uri.TryCreate(upstream, left, out var a) || !Uri.TryCreate(upstream, right, out var b)) return true;
            return WithoutScheme(a.AbsoluteUri) == WithoutScheme(b.AbsoluteUri) || Written(left) != Written(right);
        }).Check(Quick);

    private static string Written(string reference)
    {
        var output = new ArrayBufferWriter<byte>();
        return Map(mirrored: false).Map(Encoding.UTF8.GetBytes(reference), ReferenceForm.Shortest, output) == ReferenceVerdict.Replaced
            ? Encoding.UTF8.GetString(output.WrittenSpan)
            : reference;
    }

    /// <summary>Behind a configured host, http and https are the same content.</summary>
    private static string WithoutScheme(string url) => url[url.IndexOf("//", StringComparison.Ordinal)..];

    private static string Playlist(IEnumerable<string> references) => "#EXTM3U\n" + string.Concat(references.Select((r, i) => (i % 3) switch
    {
        0 => $"#EXTINF:4,\n{r}\n",
        1 => $"#EXT-X-KEY:METHOD=AES-128,URI=\"{r}\"\n",
        _ => $"#EXT-X-MAP:URI=\"{r}\"\n",
    }));

    private static bool MayHoldReferences(string line) =>
        line.TrimStart(' ', '\t').StartsWith("#EXT-X-", StringComparison.Ordinal) && line.Contains('"', StringComparison.Ordinal) && !line.Contains("UNKNOWN", StringComparison.Ordinal);
}
