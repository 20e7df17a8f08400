using System.Text;
using Gateway.Load.Agreement;
using Gateway.Load.Links;

namespace Gateway.Tests.Load.Agreement;

public sealed class AgreementTitleTests
{
    [Fact]
    public void VideoBytes_AllSegments_HaveTheDeclaredMeanAndKeepBelowThePeak()
    {
        for (var rung = 0; rung < AgreementTitle.Kbps.Count; rung++)
        {
            var rates = Enumerable.Range(0, AgreementTitle.Segments).Select(s => AgreementTitle.VideoBytes(rung, s) / 125.0 / AgreementTitle.SegmentSeconds).ToArray();

            Assert.InRange(rates.Average(), AgreementTitle.Kbps[rung] * 0.98, AgreementTitle.Kbps[rung] * 1.02);
            Assert.True(rates.Max() <= AgreementTitle.Kbps[rung] * 1.3);
        }
    }

    [Theory]
    [InlineData("v0/init.mp4", AgreementTitle.InitBytes)]
    [InlineData("a/init.mp4", AgreementTitle.InitBytes)]
    [InlineData("a/seg_00000.m4s", 32000)]
    [InlineData("v6/init.mp4", null)]
    [InlineData("v0/seg_00060.m4s", null)]
    [InlineData("v0/seg_-0001.m4s", null)]
    [InlineData("x/init.mp4", null)]
    [InlineData("master.m3u8", null)]
    [InlineData("", null)]
    public void BytesOf_Path_IsTheObjectsSize(string path, int? bytes) => Assert.Equal(bytes, AgreementTitle.BytesOf(path));

    [Theory]
    [InlineData("master.m3u8", "#EXTM3U")]
    [InlineData("manifest.mpd", "<?xml")]
    [InlineData("v5/index.m3u8", "#EXTM3U")]
    [InlineData("a/index.m3u8", "#EXTM3U")]
    public void Answer_Manifest_IsItsText(string path, string beginning)
    {
        var reply = new AgreementServer().Answer(Request(path), default);

        Assert.Equal(200, reply.Status);
        Assert.Equal(reply.Length, reply.Body.Length);
        Assert.StartsWith(beginning, Encoding.UTF8.GetString(reply.Body.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v6/index.m3u8")]
    [InlineData("v0/seg_99999.m4s")]
    [InlineData("nothing")]
    public void Answer_UnknownPath_IsNotFound(string path) => Assert.Equal(404, new AgreementServer().Answer(Request(path), default).Status);

    private static TransferRequest Request(string path) => new() { Kind = TransferKind.Other, Root = "http://virtual", Path = AgreementServer.Root + path, Method = "GET" };
}
