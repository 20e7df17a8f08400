using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Manifests;
using Gateway.Manifests.Hls;
using Gateway.Origin;

namespace Gateway.Benchmarks;

/// <summary>
/// Rewriting a media playlist: within a session, where relative references stay as they are (mirrored), and at the entry, where each gets
/// the session's path before it. Divide the size that is printed by the mean for bytes per second.
/// </summary>
[MemoryDiagnoser]
public class HlsRewriterBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(4 << 20);
    private readonly UpstreamTable _table = new([new UpstreamTable.Upstream("origin", new Uri("http://origin.example/"))]);
    private readonly Uri _url = new("http://origin.example/films/1/v720/index.m3u8");
    private readonly ReferenceTarget _target = new("http://gateway.example", static _ => "/api/v1/playback/" + new string('t', 120));
    private byte[] _playlist = [];

    [Params(6, 10_000)]
    public int Segments { get; set; }

    [GlobalSetup]
    public void Make()
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-MAP:URI=\"init.mp4\"\n");
        for (var i = 1; i <= Segments; i++) text.Append("#EXTINF:6.000,\n").Append("segment_").Append(i.ToString("D8", null)).Append("_of_this_rendition.m4s\n");
        _playlist = Encoding.UTF8.GetBytes(text.ToString());
        Console.WriteLine($"// {Segments} segments: {_playlist.Length} bytes");
    }

    [Benchmark(Baseline = true)]
    public int CopyOnly()
    {
        _output.ResetWrittenCount();
        _output.Write(_playlist);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int Mirrored() => Rewrite(mirrored: true);

    [Benchmark]
    public int Prefixed() => Rewrite(mirrored: false);

    private int Rewrite(bool mirrored)
    {
        _output.ResetWrittenCount();
        var map = new ReferenceMap(_table, "origin", _url, _target, mirrored);
        HlsRewriter.Rewrite(_playlist, map, new HlsVariables(FrozenDictionary<string, string>.Empty, ""), _output);
        return _output.WrittenCount;
    }
}
