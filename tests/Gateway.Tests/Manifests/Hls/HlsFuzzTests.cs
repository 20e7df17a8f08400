using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Timelines;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

/// <summary>
/// Broken playlists: the seeds in the folder Fuzz, the corpus where it is there, and mutations of both. A few thousand in every run;
/// <c>GATEWAY_FUZZ_RUNS=1000000</c> for a long one, <c>GATEWAY_FUZZ_SEED</c> for other dice.
/// </summary>
public sealed class HlsFuzzTests
{
    private static readonly FrozenDictionary<string, string> Importable =
        new Dictionary<string, string> { ["a"] = "../x", ["Define1"] = "http://example.com" }.ToFrozenDictionary();

    [Fact]
    public void Rewrite_MutatedPlaylists_EndByNameAndStayWithinWhatIsConfigured()
    {
        var runs = Number("GATEWAY_FUZZ_RUNS", 3000);
        var seed = Number("GATEWAY_FUZZ_SEED", 20260214);
        var mutations = new HlsMutations(Seeds(), seed);
        var rewritten = 0;
        for (var run = 0; run < runs; run++)
        {
            var playlist = mutations.Next();
            try
            {
                if (Check(playlist)) rewritten++;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Run {run} of seed {seed}: {Convert.ToBase64String(playlist)}", failure);
            }
        }

        Assert.InRange(rewritten, runs / 20, runs);
    }

    [Fact]
    public void Rewrite_Seeds_Hold()
    {
        foreach (var seed in Seeds()) Check(seed);
    }

    /// <summary>What the mutations found, base64 as the failure prints it.</summary>
    [Theory]
    [InlineData("I0VYVE0zVQpodHRwczovL2d3LmV4YW1wbGUvYXBpL3YxL3BsYXliYWNrL1Qvb3JpZ2luLyMiCg==")]
    [InlineData("I0VYVE0zVQojRVhULVgtUEFSVDpEVVJBVElPTj05LFVSST0iYSIKI0VYVC1YLVBBUlQ6RFVSQVRJT049OSxVUkk9ImIiCnMKI0VYVC1YLVBBUlQ6RFVSQVRJT049OSxVUkk9ImMiCg==")]
    [InlineData("I0VYLi4vVE0zVQoKI0VYVC1YLVNUUkVBTS1JTkY6QkFORFdJRFRIPTEyODAwMDAsQVZFUkFHRS1CQU5EV0lEVEg9MTAwMDAwMApodHRwOi8vZXhhbXBsZS5jb20vbG93Lm0zdTgKI0VYVC1YLVNUUkVBTS1JTkY6QkFORFdJRFRIPU5hTjI1NjAwMDAsQVZFUkFHRS1CQU5EV0lEVEg9MjAwMDAwMApodHRwOi8vZXhhbXBsZS5jb20vbWlkLm0zdTgKI0VYVC1YLVNUUkVBTS1JTkY6QkFORFdJRFRIPTc2ODAwMDAsQVZFUkFHRS1CQU5EV0lEVEg9NjAwMDAwMApodHRwOi8vZXhhbXBsZS5jb20vaGkubTN1OAojRVhULVgtU1RSRUFNLUlORjpCQU5EV0lEVEg9NjUwMDAsQ09ERUNTPSJtcDRhLjQwLjUiCmh0dHA6Ly9leGHvub9tcGxlLmNvbS9hdWRpby1vbmx5Lm0zdTgK")]
    [InlineData("77u/77u/I0VYVE0zVQ0KI0VYVElORjo0LCNFWFQtWC1UQVJHRVREVVJBVElPTjoxMA0KIAkjRVhU")]
    [InlineData("Iy9kZW1vLzRNL3dhaXRGb3JNU04ucGhwIixMQVNULU1TTj0yNzMsTEFTVC1QQVJUPTEKRVhUTTNVDQojRVhULVgtVkVSU0lPTjozDQojRVhULVgtQUxMT1ctQ0Fza2Q6Ly9DSEU6Tk8NCiNFWFQtWC1UQVJHRVREVVJBVElPTjoxMQ0KI0VYVC1YLU1FI0VYVC1YLU1BUDpVUkk9ImkubXA0IkRJQS1TRVFVRU5DRToxDQojRVhULVgtS0VZOk1FVEhPRD1BRVMtMTI4LFVSST0iaHR0cHM6Ly9leGFtcGxlLmNvbS9rZXlzP2lkPTEmaz1hLGIiLElWPTB4MWYNCg0KI0VYVElORjoxMC4wMSwgDQptZWRpYV93MTgxMTc0MzAyNl8xLnRzICANCiNFWFRJTkY6MTAuMDEsdGl0bGUgInF1b3RlZCwgY29tbWEiCm1lZGlhX3cxODExNzQzMDI2XzIudHMNaHR0cDovL3YuZXhhbXBsZS9iYXNlLy4uLwojRVhULVgtS0VZOk1FVEhPREVYVElORjoxMC4wMQ0KbWVkaWFfdzE4MTE3NDMwMjZfMy50cz93b3d6YXNlc3Npb25pZD0xO3gNCiAgDQojRVhULVgtRU5ETElTVA==")]
    public void Rewrite_Findings_StayFixed(string playlist) => Check(Convert.FromBase64String(playlist));

    [Theory]
    [InlineData("#EXT-X-KEY:URI=\"", false)]
    [InlineData("#EXT-X-KEY:URI=\"\n", true)]
    [InlineData("#EXT-X-KEY:URI=\"a\"\n", true)]
    [InlineData("#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"\n{$a}\n", true)]
    [InlineData("{$a{$a", false)]
    [InlineData("{$a}\n", true)]
    [InlineData("../\n", true)]
    [InlineData("a\n", true)]
    [InlineData("/\n", true)]
    [InlineData("\n", true)]
    [InlineData("\r", true)]
    [InlineData(",\"=", false)]
    [InlineData("#EXT-X-PART:URI=a,URI=b,BYTERANGE=1\n", true)]
    [InlineData("#EXT-X-MAP:URI=\"x\"\n#EXTINF:1,\n#EXT-X-BYTERANGE:1\na\n", true)]
    [InlineData("#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n#EXTINF:1,\na\n", true)]
    [InlineData("http://example.com/", false)]
    [InlineData("%2e%2e/%2e%2e/", false)]
    public void Rewrite_SixteenMebibytesOfOneThing_TakesLinearTime(string unit, bool fits)
    {
        var playlist = new byte[16 << 20];
        "#EXTM3U\n"u8.CopyTo(playlist);
        var piece = Encoding.UTF8.GetBytes(unit);
        for (var at = 8; at < playlist.Length; at += piece.Length) piece.AsSpan(0, Math.Min(piece.Length, playlist.Length - at)).CopyTo(playlist.AsSpan(at));
        Effort.IsSmall(() =>
        {
            var outcome = HlsRewriter.Rewrite(playlist, Map(mirrored: false), Variables(), new Nowhere()).Outcome;
            Assert.Equal(fits, outcome is HlsOutcome.Rewritten or HlsOutcome.Unchanged);
            HlsTimeline.Read(playlist, new ReferenceBase(HlsRewriting.Upstreams, "origin", new Uri(Upstream)), Variables());
            HlsPlaylist.KindOf(playlist);
            HlsVariables.DefinedBy(playlist, new Uri(Upstream));
        });
    }

    [Fact]
    public void Timeline_OneAddressInManySpellings_TakesLinearTime()
    {
        var playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + string.Concat(Enumerable.Range(0, 190_000).Select(i => $"x{i}/../a.ts\n"));
        Effort.IsSmall(() =>
        {
            var timeline = HlsTimeline.Read(Encoding.UTF8.GetBytes(playlist), new ReferenceBase(HlsRewriting.Upstreams, "origin", new Uri(Upstream)), Variables());
            Assert.True(timeline.TryFind(new Gateway.Media.MediaAddress("origin", "/demo/v1/a.ts", ""), null, out var index));
            Assert.Equal(0, index);
        });
    }

    [Fact]
    public void Variables_AskedOfALongQueryByManyLines_TakeLinearTime()
    {
        var playlist = "#EXTM3U\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"#EXT-X-DEFINE:QUERYPARAM=\"x{i}\"\n"));
        var url = new Uri($"http://o.example:9090/demo/a.m3u8?{string.Concat(Enumerable.Range(0, 2000).Select(i => $"%61{i}=1&"))}x7=seven");
        Effort.IsSmall(() => Assert.Equal("seven", HlsVariables.DefinedBy(Encoding.UTF8.GetBytes(playlist), url)["x7"]));
    }

    /// <summary>Whether it was rewritten at all.</summary>
    private static bool Check(byte[] playlist)
    {
        var rewrote = false;
        foreach (var mirrored in new[] { true, false })
        {
            var first = Rewrite(playlist, mirrored, out var once, Importable);
            if (!first.Succeeded) continue;
            rewrote |= first.Outcome == HlsOutcome.Rewritten;
            Assert.Equal(playlist.AsSpan().Count((byte)'\n'), once.AsSpan().Count((byte)'\n'));
            CheckGatewayUrls(once, playlist);
            var second = Rewrite(once, mirrored, out var twice, Importable);
            if (second.Outcome == HlsOutcome.LineTooLong) continue;
            Assert.True(second.Succeeded);
            Assert.Equal(Encoding.UTF8.GetString(once), Encoding.UTF8.GetString(twice));
        }

        var from = new ReferenceBase(HlsRewriting.Upstreams, "origin", new Uri(Upstream));
        var timeline = HlsTimeline.Read(playlist, from, Variables(Importable));
        Walk(timeline);
        HlsLadderReader.Read(playlist, from, Variables(Importable));
        HlsVariables.DefinedBy(playlist, from.Url);
        HlsPlaylist.KindOf(playlist);
        rewrote |= HlsDocument.Rewrite(playlist, Map(mirrored: true), new ArrayBufferWriter<byte>(), out _) == HlsOutcome.Rewritten;
        return rewrote;
    }

    /// <summary>Every URL under our tickets must name a configured cluster, and must not climb out of it.</summary>
    private static void CheckGatewayUrls(byte[] rewritten, byte[] original)
    {
        // A playlist that names the gateway itself, with tabs in between or without, may say what it likes.
        var named = Encoding.UTF8.GetString(original).Replace("\t", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        if (named.Contains("gw.example", StringComparison.Ordinal) || named.Contains("playback", StringComparison.Ordinal)) return;
        var text = Encoding.UTF8.GetString(rewritten);
        const string Route = "/api/v1/playback/";
        for (var at = text.IndexOf(Route, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Route, at + 1, StringComparison.Ordinal))
        {
            var url = text[(at + Route.Length)..].Split('\n', '\r', '"', '?', '#')[0];
            var parts = url.Split('/');
            Assert.Contains(parts[0], (string[])["T", "other"]);
            Assert.Contains(parts[1], (string[])["origin", "ads", "media", "vod"]);
            Assert.DoesNotContain("..", parts);
            Assert.All(parts, p => Assert.NotEqual("..", p.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase)));
        }
    }

    private static void Walk(HlsTimeline timeline)
    {
        var next = new TimelineEntry[6];
        var step = Math.Max(timeline.Count / 8, 1);
        for (var i = 0; i < timeline.Count; i += step)
        {
            var entry = timeline[i];
            Assert.True(entry.Duration >= TimeSpan.Zero);
            if ((entry.Flags & EntryFlags.Foreign) == EntryFlags.None)
            {
                Assert.True(timeline.TryFind(entry.Address, entry.Range, out var found));
                Assert.Equal(entry.Address, timeline[found].Address);
            }

            timeline.Following(i, 2, next);
        }

        if (timeline.StartIndex >= 0) timeline.StartingAt(timeline.StartIndex, 2, next);
        Assert.InRange(timeline.IndexAt(TimeSpan.FromSeconds(10)), -1, timeline.SegmentCount - 1);
    }

    private static byte[][] Seeds()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Manifests", "Hls", "Fuzz");
        return
        [
            .. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
            .. ManifestCorpus.Files("hls").Select(ManifestCorpus.Read).Where(f => f.Length is > 0 and < 8192),
        ];
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var given) ? given : otherwise;

    /// <summary>Takes output without keeping it.</summary>
    private sealed class Nowhere : IBufferWriter<byte>
    {
        private byte[] _space = new byte[4096];

        public void Advance(int count)
        {
        }

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_space.Length < sizeHint) _space = new byte[sizeHint];
            return _space;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
