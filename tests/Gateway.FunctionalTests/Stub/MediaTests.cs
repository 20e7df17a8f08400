using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Stub;

/// <summary>ffmpeg judges what is served: every rendition decodes without a complaint, and manifests say what is true.</summary>
public sealed partial class MediaTests(StubHost stub) : IClassFixture<StubHost>
{
    private const int VideoFrames = 800, AudioFrames = 1500;

    [Theory]
    [InlineData("/demo/v720/index.m3u8", VideoFrames)]
    [InlineData("/demo/v480/index.m3u8", VideoFrames)]
    [InlineData("/demo/v360/index.m3u8", VideoFrames)]
    [InlineData("/demo/a64/index.m3u8", AudioFrames)]
    [InlineData("/demo/direct.mp4", VideoFrames + AudioFrames)]
    [InlineData("/demo-ts/v360/index.m3u8", VideoFrames + AudioFrames)]
    [InlineData("/demo-ts/v270/index.m3u8", VideoFrames + AudioFrames)]
    [InlineData("/demo-ts/v180/index.m3u8", VideoFrames + AudioFrames)]
    [InlineData("/demo/manifest.mpd", (3 * VideoFrames) + AudioFrames)]
    public async Task Rendition_Decoded_GivesEveryFrame(string path, int frames)
    {
        var sums = await Ffmpeg.RunAsync("-i", stub.Url + path, "-map", "0", "-f", "framecrc", "-");

        Assert.Equal(frames, sums.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line[0] != '#'));
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("demo-ts")]
    public async Task Master_ComparedWithTheMedia_IsHonest(string title)
    {
        var master = await stub.Client.GetStringAsync($"/{title}/master.m3u8");
        var audio = title == "demo" ? await PeakAsync("/demo/a64/") : 0;
        foreach (Match variant in Variant().Matches(master))
        {
            var folder = $"/{title}/{variant.Groups["folder"].Value}/";
            Assert.Equal(await PeakAsync(folder) + audio, int.Parse(variant.Groups["bandwidth"].Value, CultureInfo.InvariantCulture));
            var seen = await Ffmpeg.ProbeAsync("-select_streams", "v:0", "-show_entries", "stream=profile,level,width,height,r_frame_rate", "-of", "csv=p=0:nk=1", stub.Url + folder + "index.m3u8");
            var profile = variant.Groups["codec"].Value is var codec && codec.StartsWith("64", StringComparison.Ordinal) ? "High" : "Main";
            var level = Convert.ToInt32(codec[4..], 16);
            Assert.Contains($"{profile},{variant.Groups["size"].Value.Replace('x', ',')},{level},25/1", seen, StringComparison.Ordinal);
        }

        Assert.Equal(3, Variant().Count(master));
    }

    [Theory]
    [InlineData("v720", 90000)]
    [InlineData("a64", 48000)]
    public async Task MediaPlaylist_ComparedWithTheFragments_StatesTheirDurations(string rendition, double timescale)
    {
        var playlist = await stub.Client.GetStringAsync($"/demo/{rendition}/index.m3u8");
        var starts = new List<double>();
        foreach (Match segment in SegmentLine().Matches(playlist))
        {
            var bytes = await stub.Client.GetByteArrayAsync($"/demo/{rendition}/{segment.Groups["name"].Value}");
            starts.Add(FragmentTimes.FirstDecodeTime(bytes) / timescale);
        }

        var stated = SegmentLine().Matches(playlist).Select(m => double.Parse(m.Groups["seconds"].Value, CultureInfo.InvariantCulture)).ToList();
        starts.Add(32);
        Assert.Equal(16, stated.Count);
        Assert.All(stated, (seconds, i) => Assert.Equal(starts[i + 1] - starts[i], seconds, 0.00001));
    }

    private async Task<int> PeakAsync(string folder)
    {
        var playlist = await stub.Client.GetStringAsync(folder + "index.m3u8");
        var largest = 0;
        foreach (Match segment in SegmentLine().Matches(playlist))
        {
            largest = Math.Max(largest, (await stub.Client.GetByteArrayAsync(folder + segment.Groups["name"].Value)).Length);
        }

        return largest * 8 / 2;
    }

    [GeneratedRegex("""#EXT-X-STREAM-INF:BANDWIDTH=(?<bandwidth>\d+),.*CODECS="avc1\.(?<codec>[0-9a-f]{6}),mp4a\.40\.2",RESOLUTION=(?<size>\d+x\d+),.*\n(?<folder>v\d+)/index\.m3u8""")]
    private static partial Regex Variant();

    [GeneratedRegex("""#EXTINF:(?<seconds>[\d.]+),\n(?<name>seg_\S+)""")]
    private static partial Regex SegmentLine();
}
