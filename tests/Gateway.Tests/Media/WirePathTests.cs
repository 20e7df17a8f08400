using Gateway.Media;

namespace Gateway.Tests.Media;

public sealed class WirePathTests
{
    [Theory]
    [InlineData("/a%2Fb/%7Ec/~d;v=1/e%20f", "/a%2Fb/%7Ec/~d;v=1/e%20f")]
    [InlineData("", "/")]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/ü", "/%C3%BC")]
    [InlineData("/\ud83d\ude00", "/%F0%9F%98%80")]
    [InlineData("/a\"<>^`{}b", "/a%22%3C%3E%5E%60%7B%7Db")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/%2E%2e/b", "/b")]
    [InlineData("/a/.%2E/b", "/b")]
    [InlineData("/../../b", "/b")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/b/.", "/a/b/")]
    [InlineData("/a/...", "/a/...")]
    [InlineData("/a/.b/..c", "/a/.b/..c")]
    [InlineData("/a//b/", "/a//b/")]
    public void Clean_AnyPath_GivesTheWireForm(string path, string expected)
    {
        Assert.Equal(expected, WirePath.Clean(path));
        Assert.Equal(expected, WirePath.Clean(expected));
        Assert.True(WirePath.IsClean(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/a b")]
    [InlineData("/a?b")]
    [InlineData("/a#b")]
    [InlineData("/a\\b")]
    [InlineData("/a\r\nb")]
    [InlineData("/a\0")]
    [InlineData("/ü")]
    [InlineData("/..")]
    [InlineData("/a/%2e%2E/b")]
    [InlineData("/a/..%2f..%2Fb")]
    [InlineData("/a%2f%2e%2e%2fb")]
    [InlineData("/a/..%5cb")]
    public void IsClean_AmbiguousPath_IsFalse(string path) => Assert.False(WirePath.IsClean(path));

    [Theory]
    [InlineData("", true)]
    [InlineData("?", true)]
    [InlineData("?a=%2f&b=/x?y=[1]|{2}", true)]
    [InlineData("a=b", false)]
    [InlineData("?a b", false)]
    [InlineData("?a#b", false)]
    [InlineData("?a\r\nX: y", false)]
    public void IsCleanQuery_LegalAndIllegalQueries_AreToldApart(string query, bool clean)
    {
        Assert.Equal(clean, WirePath.IsCleanQuery(query));
        if (clean) Assert.Equal(query, WirePath.CleanQuery(query));
    }
}
