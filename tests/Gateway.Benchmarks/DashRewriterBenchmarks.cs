using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Manifests;
using Gateway.Manifests.Dash;
using Gateway.Origin;

namespace Gateway.Benchmarks;

/// <summary>Rewriting an MPD with a long SegmentTimeline, and one that lists every segment with an absolute URL.</summary>
[MemoryDiagnoser]
public class DashRewriterBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(4 << 20);
    private readonly UpstreamTable _table = new([new UpstreamTable.Upstream("origin", new Uri("http://origin.example/"))]);
    private readonly ReferenceTarget _target = new("http://gateway.example", static _ => "/api/v1/playback/" + new string('t', 120));
    private byte[] _timeline = [];
    private byte[] _list = [];

    [GlobalSetup]
    public void Make()
    {
        const string Head = "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><Period><AdaptationSet mimeType=\"video/mp4\">";
        const string Tail = "</AdaptationSet></Period></MPD>";
        var timeline = new StringBuilder(Head).Append("<Representation id=\"v\" bandwidth=\"1\"><SegmentTemplate media=\"$Time$.m4s\"><SegmentTimeline>\n");
        var list = new StringBuilder(Head).Append("<Representation id=\"v\" bandwidth=\"1\"><SegmentList>\n");
        for (var i = 0; i < 10_000; i++)
        {
            timeline.Append("<S t=\"").Append(i * 6000).Append("\" d=\"6000\"/>\n");
            list.Append("<SegmentURL media=\"http://origin.example/films/1/v/segment_").Append(i).Append(".m4s\"/>\n");
        }

        _timeline = Encoding.UTF8.GetBytes(timeline.Append("</SegmentTimeline></SegmentTemplate></Representation>").Append(Tail).ToString());
        _list = Encoding.UTF8.GetBytes(list.Append("</SegmentList></Representation>").Append(Tail).ToString());
        Console.WriteLine($"// timeline: {_timeline.Length} bytes, list: {_list.Length} bytes");
    }

    [Benchmark(Baseline = true)]
    public int Timeline() => Rewrite(_timeline, mirrored: true);

    [Benchmark]
    public int TimelineAtTheEntry() => Rewrite(_timeline, mirrored: false);

    [Benchmark]
    public int AbsoluteList() => Rewrite(_list, mirrored: true);

    private int Rewrite(byte[] document, bool mirrored)
    {
        _output.ResetWrittenCount();
        var map = new ReferenceMap(_table, "origin", new Uri("http://origin.example/films/1/manifest.mpd"), _target, mirrored);
        DashRewriter.Rewrite(document, map, _output);
        return _output.WrittenCount;
    }
}
