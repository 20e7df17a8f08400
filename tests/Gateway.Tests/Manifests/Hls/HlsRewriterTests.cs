using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Gateway.Manifests.Hls;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

public sealed class HlsRewriterTests
{
    private const string P = Ticket + "/origin/demo/v1/";
    private const string A = PublicOrigin + P;
    private const string Root = OtherTicket + "/origin/";

    [Theory]
    [InlineData("#EXT-X-STREAM-INF:BANDWIDTH=1\nv/a.m3u8", "#EXT-X-STREAM-INF:BANDWIDTH=1\n" + P + "v/a.m3u8")]
    [InlineData("#EXT-X-STREAM-INF:BANDWIDTH=1\n# comment segment.ts\n\nv/a.m3u8", "#EXT-X-STREAM-INF:BANDWIDTH=1\n# comment segment.ts\n\n" + P + "v/a.m3u8")]
    [InlineData("#EXTINF:4,title, seg.ts\na", "#EXTINF:4,title, seg.ts\n" + P + "a")]
    [InlineData("a.ts", P + "a.ts")]
    [InlineData("  a.ts \t", "  " + P + "a.ts \t")]
    [InlineData("#EXT-X-MEDIA:TYPE=AUDIO,URI=\"a,b=c.m3u8\",NAME=\"URI=x\"", "#EXT-X-MEDIA:TYPE=AUDIO,URI=\"" + P + "a,b=c.m3u8\",NAME=\"URI=x\"")]
    [InlineData("#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,NAME=\"x\"", "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,NAME=\"x\"")]
    [InlineData("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"i.m3u8\"", "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"" + P + "i.m3u8\"")]
    [InlineData("#EXT-X-IMAGE-STREAM-INF:URI=\"i.m3u8\"", "#EXT-X-IMAGE-STREAM-INF:URI=\"" + P + "i.m3u8\"")]
    [InlineData("#EXT-X-SESSION-DATA:DATA-ID=\"a\",URI=\"d.json\"", "#EXT-X-SESSION-DATA:DATA-ID=\"a\",URI=\"" + P + "d.json\"")]
    [InlineData("#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"k.bin\"", "#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"" + A + "k.bin\"")]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"k.bin\",IV=0x1", "#EXT-X-KEY:METHOD=AES-128,URI=\"" + A + "k.bin\",IV=0x1")]
    [InlineData("#EXT-X-KEY:METHOD=NONE", "#EXT-X-KEY:METHOD=NONE")]
    [InlineData("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://id\",KEYFORMAT=\"x\"", "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://id\",KEYFORMAT=\"x\"")]
    [InlineData("#EXT-X-CONTENT-STEERING:SERVER-URI=\"/steer?v=1\",PATHWAY-ID=\"a\"", "#EXT-X-CONTENT-STEERING:SERVER-URI=\"" + Root + "steer?v=1\",PATHWAY-ID=\"a\"")]
    [InlineData("#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"10@0\"", "#EXT-X-MAP:URI=\"" + P + "init.mp4\",BYTERANGE=\"10@0\"")]
    [InlineData("#EXT-X-PART:DURATION=0.3,URI=\"p.1.m4s\",BYTERANGE=\"5\"", "#EXT-X-PART:DURATION=0.3,URI=\"" + P + "p.1.m4s\",BYTERANGE=\"5\"")]
    [InlineData("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p.2.m4s\"", "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"" + P + "p.2.m4s\"")]
    [InlineData("#EXT-X-RENDITION-REPORT:URI=\"../v2/m.m3u8\",LAST-MSN=3", "#EXT-X-RENDITION-REPORT:URI=\"" + Ticket + "/origin/demo/v2/m.m3u8\",LAST-MSN=3")]
    [InlineData("#EXT-X-RENDITION-REPORT:URI=\"http://o.example:9090/demo/m\"", "#EXT-X-RENDITION-REPORT:URI=\"" + Ticket + "/origin/demo/m\"")]
    [InlineData(
        "#EXT-X-DATERANGE:ID=\"1\",CLASS=\"com.apple.hls.interstitial\",X-ASSET-URI=\"http://example.com/ad.m3u8\"",
        "#EXT-X-DATERANGE:ID=\"1\",CLASS=\"com.apple.hls.interstitial\",X-ASSET-URI=\"" + PublicOrigin + OtherTicket + "/ads/ad.m3u8\"")]
    [InlineData("#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"list.json\"", "#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"" + P + "list.json\"")]
    [InlineData(
        "#EXT-X-DATERANGE:X-URI=\"http://example.com/ad.m3u8\",CLASS=\"com.apple.hls.preload\"",
        "#EXT-X-DATERANGE:X-URI=\"" + OtherTicket + "/ads/ad.m3u8\",CLASS=\"com.apple.hls.preload\"")]
    [InlineData("#EXT-X-DATERANGE:CLASS=\"x\",X-URI=\"http://example.com/a\"", "#EXT-X-DATERANGE:CLASS=\"x\",X-URI=\"http://example.com/a\"")]
    [InlineData("#EXT-X-DATERANGE:X-COM-BEACON=\"http://example.com/a\"", "#EXT-X-DATERANGE:X-COM-BEACON=\"http://example.com/a\"")]
    [InlineData("#EXT-X-UNKNOWN:URI=\"a.ts\"", "#EXT-X-UNKNOWN:URI=\"a.ts\"")]
    [InlineData("#EXT-X-KEYS:URI=\"a.ts\"", "#EXT-X-KEYS:URI=\"a.ts\"")]
    [InlineData("#EXT-X-key:URI=\"a.ts\"", "#EXT-X-key:URI=\"a.ts\"")]
    [InlineData("##EXT-X-KEY:URI=\"a.ts\"", "##EXT-X-KEY:URI=\"a.ts\"")]
    [InlineData("#EXT-X-MAP:uri=\"a.ts\"", "#EXT-X-MAP:uri=\"a.ts\"")]
    [InlineData("#EXT-X-MAP:REQ-URI=\"a.ts\"", "#EXT-X-MAP:REQ-URI=\"a.ts\"")]
    [InlineData("#EXT-X-BYTERANGE:100@0\na.ts", "#EXT-X-BYTERANGE:100@0\n" + P + "a.ts")]
    [InlineData("#EXT-X-MAP:URI=init.mp4,BYTERANGE=\"1@0\"", "#EXT-X-MAP:URI=\"" + P + "init.mp4\",BYTERANGE=\"1@0\"")]
    [InlineData("#EXT-X-MAP: URI = \" init.mp4 \" , A=1", "#EXT-X-MAP: URI = \" " + P + "init.mp4 \" , A=1")]
    [InlineData("#EXT-X-MAP:,,URI=\"init.mp4\"x,FLAG,URI=\"b\"", "#EXT-X-MAP:,,URI=\"" + P + "init.mp4\"x,FLAG,URI=\"" + P + "b\"")]
    [InlineData("#EXT-X-MAP:URI=\"\"", "#EXT-X-MAP:URI=\"\"")]
    [InlineData("#EXT-X-MAP:URI=", "#EXT-X-MAP:URI=")]
    [InlineData("#EXT-X-MAP:URI=\"never closed", "#EXT-X-MAP:URI=\"never closed")]
    [InlineData("#EXT-X-MAP", "#EXT-X-MAP")]
    [InlineData("#EXT-X-", "#EXT-X-")]
    [InlineData("   #EXT-X-MAP:URI=\"init.mp4\"", "   #EXT-X-MAP:URI=\"" + P + "init.mp4\"")]
    [InlineData("\u00A0 #EXT-X-MAP:URI=\"init.mp4\"", "\u00A0 #EXT-X-MAP:URI=\"" + P + "init.mp4\"")]
    [InlineData("\v\f#EXT-X-MEDIA:URI=\"a.m3u8\"", "\v\f#EXT-X-MEDIA:URI=\"" + P + "a.m3u8\"")]
    [InlineData("\u3000a.ts\u2009", "\u3000" + P + "a.ts\u2009")]
    [InlineData("\u00A0# a comment", "\u00A0# a comment")]
    public void Rewrite_Prefixed_ReplacesTheReferenceAndNothingElse(string line, string expected)
    {
        foreach (var end in new[] { "", "\n", "\r\n", "\n#EXT-X-ENDLIST", "\r\n\r\n#EXT-X-ENDLIST\r\n" })
        {
            var eol = end.StartsWith('\r') ? "\r\n" : "\n";
            Assert.Equal(
                $"#EXTM3U{eol}{expected.Replace("\n", eol, StringComparison.Ordinal)}{end}",
                Rewrite($"#EXTM3U{eol}{line.Replace("\n", eol, StringComparison.Ordinal)}{end}", mirrored: false));
        }
    }

    [Theory]
    [InlineData("#EXTINF:4,\nseg.ts")]
    [InlineData("#EXT-X-MAP:URI=\"init.mp4\"")]
    [InlineData("#EXT-X-MAP:URI=init.mp4")]
    [InlineData("#EXT-X-PART:URI=\"p.m4s\"\n#EXT-X-PRELOAD-HINT:URI=\"p2.m4s\"")]
    [InlineData("#EXT-X-RENDITION-REPORT:URI=\"../v2/m.m3u8\"")]
    [InlineData("#EXT-X-KEY:URI=\"skd://x\"")]
    [InlineData("https://foreign.example/a.ts")]
    [InlineData("#EXT-X-DEFINE:QUERYPARAM=\"name\"\n{$name}/a.ts")]
    public void Rewrite_MirroredPlaylistOfRelativeReferences_IsUnchanged(string lines)
    {
        var rewrite = Rewrite(Encoding.UTF8.GetBytes("#EXTM3U\n" + lines), mirrored: true, out _);
        Assert.Equal(HlsOutcome.Unchanged, rewrite.Outcome);
    }

    [Theory]
    [InlineData("#EXT-X-KEY:METHOD=AES-128,URI=\"k.bin\"", "#EXT-X-KEY:METHOD=AES-128,URI=\"" + A + "k.bin\"")]
    [InlineData("/demo/a.ts", Ticket + "/origin/demo/a.ts")]
    [InlineData("http://media.example.com/a.ts", OtherTicket + "/media/a.ts")]
    public void Rewrite_Mirrored_ReplacesWhatDoesNotLeadThroughUs(string line, string expected) =>
        Assert.Equal($"#EXTM3U\na.ts\n{expected}\nb.ts", Rewrite($"#EXTM3U\na.ts\n{line}\nb.ts", mirrored: true));

    [Fact]
    public void Rewrite_ByteOrderMark_IsTakenOff() =>
        Assert.Equal("#EXTM3U\na.ts\n", Rewrite("\uFEFF#EXTM3U\na.ts\n", mirrored: true));

    [Theory]
    [InlineData("#EXT-X-DEFINE:NAME=\"h\",VALUE=\"http://media.example.com/x\"\n{$h}/a.ts", "{$h}/a.ts", OtherTicket + "/media/x/a.ts")]
    [InlineData("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"dir\"\n{$d}/{$d}.ts", "{$d}/{$d}.ts", P + "dir/dir.ts")]
    [InlineData("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"{$e}\"\n#EXT-X-DEFINE:NAME=\"e\",VALUE=\"x\"\na/{$d}.ts", "a/{$d}.ts", P + "a/{$e}.ts")]
    [InlineData("#EXT-X-DEFINE:NAME=\"d\",VALUE=\"x\"\na/{$nope}{$}{$d.ts", "a/{$nope}{$}{$d.ts", P + "a/{$nope}{$}{$d.ts")]
    [InlineData("#EXT-X-DEFINE:IMPORT=\"i\"\n{$i}/a.ts", "{$i}/a.ts", P + "imported/a.ts")]
    [InlineData("#EXT-X-DEFINE:IMPORT=\"missing\"\n{$missing}/a.ts", "{$missing}/a.ts", "{$missing}/a.ts")]
    [InlineData("#EXT-X-DEFINE:IMPORT=\"missing\"\na/{$missing}.ts", "a/{$missing}.ts", P + "a/{$missing}.ts")]
    public void Rewrite_VariablesOfTheUri_AreFilledInBeforeItIsMapped(string lines, string reference, string expected)
    {
        var importable = new Dictionary<string, string> { ["i"] = "imported" }.ToFrozenDictionary();
        Assert.EndsWith("\n" + reference, lines, StringComparison.Ordinal);
        Assert.Equal(
            "#EXTM3U\n" + lines[..^reference.Length] + expected,
            Rewrite("#EXTM3U\n" + lines, mirrored: false, importable));
    }

    [Theory]
    [InlineData("VALUE=\"{$h}/t\"", "{$d}/s0.ts", OtherTicket + "/media/x/t/s0.ts")]
    [InlineData("VALUE=\"a-{$nope}\"", "{$d}/s0.ts", P + "a-{$nope}/s0.ts")]
    [InlineData("VALUE=\"{$nope}\"", "{$d}/s0.ts", "{$d}/s0.ts")]
    [InlineData("VALUE=\"{$d}\"", "x/{$d}.ts", P + "x/{$d}.ts")]
    [InlineData("VALUE=\"1\"\n#EXT-X-DEFINE:NAME=\"d\",VALUE=\"2\"", "x/{$d}.ts", P + "x/1.ts")]
    public void Rewrite_VariablesWithinAValue_AreFilledInAtItsDefinition(string define, string reference, string expected)
    {
        var lines = $"#EXTM3U\n#EXT-X-DEFINE:NAME=\"h\",VALUE=\"http://media.example.com/x\"\n#EXT-X-DEFINE:NAME=\"d\",{define}\n";
        Assert.Equal(lines + expected, Rewrite(lines + reference, mirrored: false));
    }

    [Fact]
    public void Rewrite_OnlyCarriageReturns_AreLineEnds() => Assert.Equal(
        "#EXTM3U\r#EXT-X-MAP:URI=\"" + P + "init.mp4\"\r#EXTINF:4,\r" + P + "a.ts\r\r" + P + "b.ts",
        Rewrite("#EXTM3U\r#EXT-X-MAP:URI=\"init.mp4\"\r#EXTINF:4,\ra.ts\r\rb.ts", mirrored: false));

    [Fact]
    public void Rewrite_ValuesThatDoubleWithEach_AreRefused()
    {
        var defines = string.Concat(Enumerable.Range(1, 40).Select(i => $"#EXT-X-DEFINE:NAME=\"v{i}\",VALUE=\"{{$v{i - 1}}}{{$v{i - 1}}}\"\n"));
        var playlist = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"v0\",VALUE=\"0123456789\"\n" + defines + "{$v40}.ts";
        Assert.Equal(HlsOutcome.VariablesTooLarge, Rewrite(Encoding.UTF8.GetBytes(playlist), mirrored: false, out _).Outcome);
    }

    [Fact]
    public void Rewrite_ValueUsedInEveryLine_IsRefused()
    {
        var playlist = $"#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"{new string('x', 200_000)}\"\n" + string.Concat(Enumerable.Repeat("{$a}.ts\n", 10_000));
        Assert.Equal(HlsOutcome.LineTooLong, Rewrite(Encoding.UTF8.GetBytes(playlist), mirrored: false, out var result).Outcome);
        Assert.InRange(result.Length, 0, 20_000_000);
    }

    [Fact]
    public void Rewrite_VariableDefinedLater_IsPlainText() => Assert.Equal(
        "#EXTM3U\n" + P + "{$d}.ts\n#EXT-X-DEFINE:NAME=\"d\",VALUE=\"x\"\n" + P + "x.ts",
        Rewrite("#EXTM3U\n{$d}.ts\n#EXT-X-DEFINE:NAME=\"d\",VALUE=\"x\"\n{$d}.ts", mirrored: false));

    [Fact]
    public void Rewrite_QueryParameterWhereThePlayerAskedAnotherUrl_BecomesAValue() => Assert.Equal(
        "#EXTM3U\n#EXT-X-DEFINE:NAME=\"name\",VALUE=\"café\"\n#EXT-X-KEY:URI=\"" + A + "café\",KEYFORMAT=\"{$name}\"\n#EXT-X-DEFINE:QUERYPARAM=\"none\"",
        Rewrite(
            "#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"name\"\n#EXT-X-KEY:URI=\"{$name}\",KEYFORMAT=\"{$name}\"\n#EXT-X-DEFINE:QUERYPARAM=\"none\"",
            mirrored: false));

    [Theory]
    [InlineData("QUERYPARAM=\"name\",NAME=\"other\",VALUE=\"x\"")]
    [InlineData("NAME=\"other\",VALUE=\"x\",QUERYPARAM=\"name\"")]
    public void Rewrite_QueryParameterBesideAName_MeansTheParameter(string define) => Assert.Equal(
        "#EXTM3U\n#EXT-X-DEFINE:NAME=\"name\",VALUE=\"café\"\n" + P + "café.ts",
        Rewrite($"#EXTM3U\n#EXT-X-DEFINE:{define}\n{{$name}}.ts", mirrored: false));

    [Fact]
    public void Rewrite_QueryParameterWithLineEndsAndQuotes_CannotAddLines()
    {
        var output = new ArrayBufferWriter<byte>();
        var variables = new HlsVariables(FrozenDictionary<string, string>.Empty, "?q=a%22%0D%0A%23EXT-X-ENDLIST");
        HlsRewriter.Rewrite("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"q\"\n{$q}.ts\n#EXT-X-MAP:URI=\"{$q}\""u8, Map(mirrored: false), variables, output);
        Assert.Equal(
            "#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"q\"\n" + P + "a%22#EXT-X-ENDLIST.ts\n#EXT-X-MAP:URI=\"" + P + "a%22#EXT-X-ENDLIST\"",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void DefinedBy_MultivariantPlaylist_GivesItsVariables()
    {
        var variables = HlsVariables.DefinedBy(
            "#EXTM3U\r\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"1\"\r\n# #EXT-X-DEFINE:NAME=\"c\",VALUE=\"3\"\r\n#EXT-X-DEFINE:QUERYPARAM=\"q\""u8,
            new Uri("http://o.example/m.m3u8?q=2%203"));
        Assert.Equal(["a=1", "q=2 3"], variables.Select(v => $"{v.Key}={v.Value}").Order());
    }

    [Theory]
    [InlineData("", nameof(HlsOutcome.Empty))]
    [InlineData("\uFEFF\r\n  \n", nameof(HlsOutcome.Empty))]
    [InlineData("<html>#EXTM3U</html>", nameof(HlsOutcome.NotAPlaylist))]
    [InlineData("{\"a\":\"#EXTM3U\"}", nameof(HlsOutcome.NotAPlaylist))]
    [InlineData("# comment\n# only", nameof(HlsOutcome.NotAPlaylist))]
    [InlineData("#EX", nameof(HlsOutcome.NotAPlaylist))]
    [InlineData("seg.ts\n#EXTM3U", nameof(HlsOutcome.NotAPlaylist))]
    [InlineData("# comment\n\n#EXTM3U\n", nameof(HlsOutcome.Unchanged))]
    [InlineData("#EXTINF:4,\nseg.ts", nameof(HlsOutcome.Unchanged))]
    public void Rewrite_WhatIsNoPlaylist_IsRefusedByName(string body, string expected) =>
        Assert.Equal(expected, Rewrite(Encoding.UTF8.GetBytes(body), mirrored: true, out _).Outcome.ToString());

    [Fact]
    public void Rewrite_InvalidUtf8_IsRefused() =>
        Assert.Equal(HlsOutcome.InvalidUtf8, Rewrite([.. "#EXTM3U\n#EXTINF:4,"u8, 0xE9, .. "\na.ts"u8], mirrored: true, out _).Outcome);

    [Fact]
    public void Rewrite_LineBeyondTheLimit_IsRefused()
    {
        var atLimit = "#EXTM3U\n" + new string('a', HlsLimits.LineBytes);
        Assert.Equal(HlsOutcome.Unchanged, Rewrite(Encoding.UTF8.GetBytes(atLimit), mirrored: true, out _).Outcome);
        Assert.Equal(HlsOutcome.LineTooLong, Rewrite(Encoding.UTF8.GetBytes(atLimit + "a"), mirrored: true, out _).Outcome);
    }

    [Fact]
    public void Rewrite_VariablesThatMultiplyALine_AreRefused()
    {
        var define = $"#EXTM3U\n#EXT-X-DEFINE:NAME=\"x\",VALUE=\"{new string('a', 200_000)}\"\n";
        Assert.Equal(HlsOutcome.Rewritten, Rewrite(Encoding.UTF8.GetBytes(define + "{$x}"), mirrored: false, out _).Outcome);
        Assert.Equal(HlsOutcome.LineTooLong, Rewrite(Encoding.UTF8.GetBytes(define + "{$x}{$x}"), mirrored: false, out _).Outcome);
    }

    [Fact]
    public void Rewrite_TooManyAttributes_IsRefused()
    {
        var list = string.Join(',', Enumerable.Range(0, HlsLimits.Attributes).Select(i => $"A{i}=1"));
        Assert.Equal(HlsOutcome.Unchanged, Rewrite(Encoding.UTF8.GetBytes("#EXTM3U\n#EXT-X-MAP:" + list), mirrored: true, out _).Outcome);
        Assert.Equal(HlsOutcome.TooManyAttributes, Rewrite(Encoding.UTF8.GetBytes("#EXTM3U\n#EXT-X-MAP:" + list + ",B=1"), mirrored: true, out _).Outcome);
    }

    [Fact]
    public void Rewrite_LineThatOnlyOurPathMakesTooLongForSomePlayers_IsWrittenAndCounted()
    {
        var playlist = $"#EXTM3U\n{new string('a', 4070)}\n{new string('b', 4100)}\n#EXT-X-MAP:URI=\"{new string('c', 4060)}\"\n";
        var rewrite = Rewrite(Encoding.UTF8.GetBytes(playlist), mirrored: false, out _);
        Assert.Equal(2, rewrite.OverlongLines);
        Assert.Equal(0, Rewrite(Encoding.UTF8.GetBytes(playlist), mirrored: true, out _).OverlongLines);
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8", "Multivariant")]
    [InlineData("#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO", "Multivariant")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:4", "Media")]
    [InlineData("#EXTM3U\n#EXTINF:4,\na.ts", "Media")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n#EXTINF:4,\na.ts", "Media")]
    [InlineData("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"", "Unknown")]
    public void Kind_AnyPlaylist_FollowsItsTags(string playlist, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(playlist);
        Assert.Equal(expected, Rewrite(bytes, mirrored: true, out _).Kind.ToString());
        Assert.Equal(expected, HlsPlaylist.KindOf(bytes).ToString());
    }
}
