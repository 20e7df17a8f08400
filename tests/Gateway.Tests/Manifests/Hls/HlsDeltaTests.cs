using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Timelines;
using static Gateway.Tests.Manifests.Hls.HlsRewriting;

namespace Gateway.Tests.Manifests.Hls;

public sealed class HlsDeltaTests
{
    private static readonly ReferenceBase Base = new(HlsRewriting.Upstreams, "origin", new Uri(Upstream));

    private const string Header = "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=24\n";

    private const string Before = Header
        + "#EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"k1\"\n#EXTINF:4,\n10.ts\n#EXT-X-KEY:METHOD=AES-128,URI=\"k2\"\n#EXTINF:4,\n11.ts\n"
        + "#EXT-X-DISCONTINUITY\n#EXTINF:3,\n12.ts\n#EXT-X-PART:DURATION=1,URI=\"13.1.ts\"\n#EXTINF:4,\n13.ts";

    private const string Delta = Header + "#EXT-X-MEDIA-SEQUENCE:11\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n#EXTINF:4,\n14.ts\n#EXTINF:4,\n15.ts\n";

    [Fact]
    public void Delta_OfAWholePlaylist_ListsWhatItLeavesOut()
    {
        var spliced = Splice(Before, Delta);
        Assert.NotNull(spliced);
        Assert.Equal(["11.ts", "12.ts", "13.ts", "14.ts", "15.ts"], Enumerable.Range(0, spliced.Count).Select(i => Path.GetFileName(spliced[i].Address.Path)));
        Assert.Equal(11, spliced[0].Sequence);
        Assert.Equal(15, spliced[4].Sequence);
        Assert.Equal("/demo/v1/k2", spliced[0].Key!.Value.Path);
        Assert.Equal("/demo/v1/i.mp4", spliced[4].Init!.Value.Address.Path);
        Assert.Equal(EntryFlags.Discontinuity, spliced[1].Flags);
        Assert.Equal(TimeSpan.FromSeconds(11), spliced[3].Start);
        Assert.Equal(0, spliced.Skipped);

        // The next update builds on it.
        var again = HlsDelta.Splice(spliced, Read(Delta.Replace("SEQUENCE:11", "SEQUENCE:12", StringComparison.Ordinal).Replace("15.ts\n", "15.ts\n#EXTINF:4,\n16.ts\n", StringComparison.Ordinal)), 1 << 20);
        Assert.Equal(["12.ts", "13.ts", "14.ts", "14.ts", "15.ts", "16.ts"], Names(Read(Encoding.UTF8.GetString(again!))));
    }

    [Theory]
    [InlineData("SEQUENCE:9")]
    [InlineData("SEQUENCE:12")]
    public void Delta_OfAnotherVersion_IsLeftAsItIs(string sequence) => Assert.Null(Splice(Before, Delta.Replace("SEQUENCE:11", sequence, StringComparison.Ordinal)));

    [Fact]
    public void Delta_BeyondTheBound_IsLeftAsItIs() => Assert.Null(HlsDelta.Splice(Read(Before), Read(Delta), 300));

    [Fact]
    public void Delta_WithManySkips_PutsWhatTheyLeaveOutInOnce()
    {
        var before = Header + "#EXT-X-MEDIA-SEQUENCE:1\n" + string.Concat(Enumerable.Range(1, 2000).Select(i => $"#EXTINF:1,\n{i}.ts\n"));
        var delta = Header + "#EXT-X-MEDIA-SEQUENCE:1\n" + string.Concat(Enumerable.Repeat("#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n", 2000)) + "#EXTINF:1,\n2001.ts\n";
        var body = HlsDelta.Splice(Read(before), Read(delta), 1 << 20);
        Assert.NotNull(body);
        Assert.InRange(body.Length, before.Length, before.Length + delta.Length);
        Assert.Equal(2001, Read(Encoding.UTF8.GetString(body)).Count);
    }

    [Fact]
    public void Deltas_OfAStreamWhoseKeyChanges_DoNotCarryTheKeysOfLongAgo()
    {
        var whole = Read(Header + "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-MAP:URI=\"i.mp4\"\n" + string.Concat(Enumerable.Range(0, 10).Select(Rotated)));
        var length = 0;
        for (var first = 1; first < 300; first++)
        {
            var body = HlsDelta.Splice(whole, Read($"{Header}#EXT-X-MEDIA-SEQUENCE:{first}\n#EXT-X-SKIP:SKIPPED-SEGMENTS=9\n{Rotated(first + 9)}"), 1 << 20);
            whole = Read(Encoding.UTF8.GetString(body!));
            if (first == 150) length = body!.Length;
            Assert.Equal((10, $"/demo/v1/k{first}", "/demo/v1/i.mp4"), (whole.Count, whole[0].Key?.Path, whole[0].Init?.Address.Path));
            if (first > 150) Assert.Equal(length, body!.Length);
        }

        static string Rotated(int i) => $"#EXT-X-KEY:METHOD=AES-128,URI=\"k{i}\"\n#EXT-X-KEY:METHOD=SAMPLE-AES,KEYFORMAT=\"x\",URI=\"skd:{i}\"\n#EXTINF:4,\n{i}.ts\n";
    }

    private static string[] Names(HlsTimeline timeline) => [.. Enumerable.Range(0, timeline.Count).Select(i => Path.GetFileName(timeline[i].Address.Path))];

    private static HlsTimeline? Splice(string before, string delta) =>
        HlsDelta.Splice(Read(before), Read(delta), 1 << 20) is { } body ? Read(Encoding.UTF8.GetString(body)) : null;

    private static HlsTimeline Read(string playlist) => HlsTimeline.Read(Encoding.UTF8.GetBytes(playlist), Base, Variables());
}
