using System.Text;
using Gateway.Manifests.Hls;

namespace Gateway.Tests.Manifests.Hls;

public sealed class HlsLinesTests
{
    [Theory]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("a\rb\r", "a|b")]
    [InlineData("\n\r\n \t\na\n\n", "a")]
    [InlineData("\r\r\n\na", "a")]
    [InlineData("  #EXTM3U \t\r\n\t a.ts ", "#EXTM3U|a.ts")]
    [InlineData("\v\f#x\n", "#x")]
    [InlineData("\u00A0\u3000#EXT-X-MEDIA:\u2009\n", "#EXT-X-MEDIA:")]
    [InlineData("\uFEFF#EXTM3U\n\u2028é.ts\u00A0", "#EXTM3U|é.ts")]
    [InlineData("a b\u00A0c", "a b\u00A0c")]
    [InlineData("ä\né", "ä|é")]
    [InlineData("", "")]
    [InlineData(" ", "")]
    public void MoveNext_Text_GivesLinesWithoutBlanks(string text, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var contents = new List<string>();
        var end = 0;
        var lines = new HlsLines(bytes);
        while (lines.MoveNext())
        {
            contents.Add(Encoding.UTF8.GetString(lines.Content));
            Assert.True(lines.Content.SequenceEqual(bytes.AsSpan(lines.ContentStart, lines.Content.Length)));
            Assert.True(end <= lines.Start && lines.Start <= lines.ContentStart && lines.ContentStart + lines.Content.Length <= lines.End);
            end = lines.End;
        }

        Assert.Equal(expected, string.Join('|', contents));
    }

    [Fact]
    public void MoveNext_BrokenUtf8AroundALine_IsNoBlank()
    {
        var lines = new HlsLines([0xC2, (byte)'#', 0xE3, 0x80]);
        Assert.True(lines.MoveNext());
        Assert.Equal(4, lines.Content.Length);
        Assert.True(lines.IsReference);
        Assert.False(lines.MoveNext());
    }
}
