using System.Text;
using Gateway.Manifests;
using Gateway.Manifests.Dash;
using Gateway.Manifests.Dash.Presentation;
using Gateway.Origin;

namespace Gateway.Tests.Manifests.Dash.Presentation;

/// <summary>What stands once in an MPD and counts for many does not multiply without end.</summary>
public sealed class UrlBoundsTests
{
    private static readonly UpstreamTable Upstreams = new([new UpstreamTable.Upstream("origin", new Uri("http://o.example/"))]);
    private static readonly Uri Url = new("http://o.example/film/manifest.mpd");

    [Theory]
    [InlineData(60_000, 100_000)]
    [InlineData(1, 100_000)]
    [InlineData(60_000, 1)]
    public void Template_FilledBeyondAnyUrl_IsNone(int times, int length)
    {
        var template = string.Concat(Enumerable.Repeat("$RepresentationID$", times)) + "$Number$";
        Assert.Null(UrlTemplate.Compile(template, new string('x', length), "1", new ReferenceBase(Upstreams, "origin", Url)));
    }

    [Fact]
    public void BaseUrl_LongerThanAnyUrl_IsNone()
    {
        Assert.NotEmpty(Read(new string('b', 1000), 3).Timelines);
        var presentation = Read(new string('b', DashLimits.UrlLength), 3);
        Assert.DoesNotContain(presentation.Timelines, t => t.Count > 0 && t[0].Address != default && t[0].Address.Path.Contains("bbb", StringComparison.Ordinal));
    }

    [Fact]
    public void BaseUrl_LongAndUsedByThousands_IsReadForSome()
    {
        var read = Read(new string('b', 8000), DashReader.MaxRepresentations).Representations.Length;
        Assert.InRange(read, 500, (DashLimits.BaseChars / 8000) + 1);
        Assert.Equal(DashReader.MaxRepresentations, Read(new string('b', 800), DashReader.MaxRepresentations).Representations.Length);
    }


    private static DashPresentation Read(string folder, int representations)
    {
        var set = string.Concat(Enumerable.Range(0, representations).Select(i => $"<Representation id=\"{i}\" bandwidth=\"{i + 1}\"/>"));
        var mpd = $"<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" mediaPresentationDuration=\"PT4S\"><BaseURL>{folder}/</BaseURL><Period><AdaptationSet contentType=\"video\">"
            + $"<SegmentTemplate media=\"$RepresentationID$/$Number$.m4s\" duration=\"2\"/>{set}</AdaptationSet></Period></MPD>";
        return DashReader.Read(Encoding.UTF8.GetBytes(mpd), Upstreams, "origin", Url, DateTimeOffset.UnixEpoch)!;
    }
}
