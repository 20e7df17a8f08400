using Gateway.Files;

namespace Gateway.Tests.Files;

public sealed class FileQueryTests
{
    [Theory]
    [InlineData("", 0, "")]
    [InlineData("?", 0, "?")]
    [InlineData("?a=1&b=2", 0, "?a=1&b=2")]
    [InlineData("?format=opus", 2, "")]
    [InlineData("?a=1&format=wav&b=%20", 1, "?a=1&b=%20")]
    [InlineData("?format=lossless&format=opus", 0, "")]
    [InlineData("?formatted=1", 0, "?formatted=1")]
    public void TryTakeFormat_GoodQuery_GivesFormatAndRest(string query, int format, string rest)
    {
        Assert.True(FileQuery.TryTakeFormat(query, out var taken, out var left));
        Assert.Equal(((FileFormat)format, rest), (taken, left));
    }

    [Theory]
    [InlineData("?format=")]
    [InlineData("?format")]
    [InlineData("?format=OPUS")]
    [InlineData("?format=mp3&a=1")]
    public void TryTakeFormat_NoFormat_Refuses(string query) => Assert.False(FileQuery.TryTakeFormat(query, out _, out _));

    [Theory]
    [InlineData("/a/song.flac", "/a/song.opus")]
    [InlineData("/a/song", "/a/song.opus")]
    [InlineData("/.hidden", "/.hidden.opus")]
    [InlineData("/a.b/c%20d.e.wav", "/a.b/c%20d.e.opus")]
    public void PathOf_Opus_IsTheSibling(string path, string sibling) => Assert.Equal(sibling, new FilesOptions().PathOf(path, FileFormat.Opus));

    [Fact]
    public void PathOf_NoTemplate_IsNone() => Assert.Null(new FilesOptions { WavName = "" }.PathOf("/a/b.flac", FileFormat.Wav));
}
