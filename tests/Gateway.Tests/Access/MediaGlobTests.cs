using Gateway.Access;

namespace Gateway.Tests.Access;

public sealed class MediaGlobTests
{
    [Theory]
    [InlineData("films/**", "/films/a/master.m3u8", true)]
    [InlineData("films/**", "/films/master.m3u8", true)]
    [InlineData("films/**", "/filmstrip/a", false)]
    [InlineData("films/**", "/series/films/a", false)]
    [InlineData("**", "/anything/at/all", true)]
    [InlineData("**/master.m3u8", "/a/b/master.m3u8", true)]
    [InlineData("**/master.m3u8", "/master.m3u8", true)]
    [InlineData("films/*", "/films/a", true)]
    [InlineData("films/*", "/films/a/b", false)]
    [InlineData("films/*/master.m3u8", "/films/x/master.m3u8", true)]
    [InlineData("films/f-*.mp4", "/films/f-1.mp4", true)]
    [InlineData("films/f-?.mp4", "/films/f-12.mp4", false)]
    [InlineData("films/f-?.mp4", "/films/f-1.mp4", true)]
    [InlineData("films/?", "/films/", false)]
    [InlineData("films?a", "/films/a", false)]
    [InlineData("a/**/b/**/c", "/a/x/b/y/b/z/c", true)]
    [InlineData("a/**/b/**/c", "/a/x/y/z/c", false)]
    [InlineData("/films/**", "/films/a", true)]
    [InlineData("Films/**", "/films/a", false)]
    [InlineData("", "/films", false)]
    [InlineData("films", "/films", true)]
    [InlineData("films", "/films/a", false)]
    [InlineData("my films/**", "/my%20films/a", true)]
    [InlineData("é/**", "/%C3%A9/a", true)]
    [InlineData("films/trailers/**", "/films%2Ftrailers/a", false)]
    [InlineData("films%2Ftrailers/**", "/films%2ftrailers/a", true)]
    public void Matches_GlobAndPath_AsExpected(string glob, string path, bool expected) => Assert.Equal(expected, MediaGlob.Matches(glob, MediaGlob.Decode(path)));

    [Fact]
    public void Matches_NastyGlob_EndsSoon()
    {
        Effort.IsSmall(() =>
        {
            Assert.False(MediaGlob.Matches(string.Concat(Enumerable.Repeat("**/", 100)) + "b", string.Concat(Enumerable.Repeat("a/", 2000)) + "c"));
            Assert.False(Wildcard.Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 8000), acrossSlashes: true));
        });
    }

    [Theory]
    [InlineData("?", "a", true)]
    [InlineData("?", "/", false)]
    [InlineData("*", "a/b", false)]
    [InlineData("*/*", "a/b", true)]
    [InlineData("*b", "a/b", false)]
    public void Wildcard_WithinASegment_MatchesNoSlash(string pattern, string text, bool expected) => Assert.Equal(expected, Wildcard.Matches(pattern, text, acrossSlashes: false));

    [Theory]
    [InlineData("/*", "/a/b", true)]
    [InlineData("/hls/*", "/hls/a/b.ts", true)]
    [InlineData("/hls/*", "/hl/a", false)]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("?", "/", true)]
    [InlineData("*.ts", "/x/a.ts", true)]
    public void Wildcard_AcrossSlashes_MatchesSlashes(string pattern, string text, bool expected) => Assert.Equal(expected, Wildcard.Matches(pattern, text, acrossSlashes: true));
}
