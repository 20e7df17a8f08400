using Gateway.Media;

namespace Gateway.Tests.Media;

public sealed class UrlReferenceTests
{
    /// <summary>The examples of RFC 3986 §5.4, without those that keep other schemes or fragments.</summary>
    [Theory]
    [InlineData("g", "http://a/b/c/g")]
    [InlineData("./g", "http://a/b/c/g")]
    [InlineData("g/", "http://a/b/c/g/")]
    [InlineData("/g", "http://a/g")]
    [InlineData("//g", "http://g/")]
    [InlineData("?y", "http://a/b/c/d;p?y")]
    [InlineData("g?y", "http://a/b/c/g?y")]
    [InlineData("#s", "http://a/b/c/d;p?q")]
    [InlineData("g#s", "http://a/b/c/g")]
    [InlineData(";x", "http://a/b/c/;x")]
    [InlineData("g;x=1/../y", "http://a/b/c/y")]
    [InlineData("", "http://a/b/c/d;p?q")]
    [InlineData(".", "http://a/b/c/")]
    [InlineData("./", "http://a/b/c/")]
    [InlineData("..", "http://a/b/")]
    [InlineData("../g", "http://a/b/g")]
    [InlineData("../../g", "http://a/g")]
    [InlineData("../../../../g", "http://a/g")]
    [InlineData("/../g", "http://a/g")]
    [InlineData("g..", "http://a/b/c/g..")]
    [InlineData("./../g", "http://a/b/g")]
    [InlineData("g/./h", "http://a/b/c/g/h")]
    [InlineData("g?y/../x", "http://a/b/c/g?y/../x")]
    [InlineData("https://x:8443/%7E/~?%2f", "https://x:8443/%7E/~?%2f")]
    [InlineData("HTTP://X", "HTTP://X/")]
    [InlineData(" g ", "http://a/b/c/g")]
    public void TryResolve_ExamplesOfRfc3986_GiveTheirTargets(string reference, string expected)
    {
        Assert.True(UrlReference.TryResolve("http://a/b/c/d;p?q", reference, out var url));
        Assert.Equal(expected, url);
    }

    [Theory]
    [InlineData("data:text/plain,x")]
    [InlineData("g:h")]
    [InlineData("file:///x")]
    [InlineData("http://")]
    [InlineData("http://user@host/")]
    [InlineData("//user:pw@host/")]
    [InlineData("http://host:99999/")]
    [InlineData("http://host:+80/")]
    [InlineData("http://[::1/")]
    [InlineData("http://a%2eb/")]
    [InlineData("http://ok\\@evil/")]
    public void TryResolve_OtherSchemeOrAmbiguousHost_IsRefused(string reference) => Assert.False(UrlReference.TryResolve("http://a/b", reference, out _));
}
