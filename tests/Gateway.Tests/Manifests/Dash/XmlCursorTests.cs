using System.Text;
using Gateway.Manifests.Dash;

namespace Gateway.Tests.Manifests.Dash;

public sealed class XmlCursorTests
{
    [Theory]
    [InlineData("<a/>", true)]
    [InlineData("<a b=\"c\"/>", true)]
    [InlineData("<a b='x>y'/>", true)]
    [InlineData("<a b=\"x>y\" c='\"'/>", true)]
    [InlineData("<a b='/>'>", false)]
    [InlineData("<a b=\"/>\">", false)]
    [InlineData("<a b='/'>", false)]
    public void StartTag_WithAngleBracketsInItsValues_EndsAtItsOwn(string tag, bool isEmpty)
    {
        var cursor = new XmlCursor(Encoding.UTF8.GetBytes(tag), 0);
        Assert.Equal(XmlTokenKind.StartTag, cursor.Read());
        Assert.Equal("a", Encoding.UTF8.GetString(cursor.Name));
        Assert.Equal((tag.Length, isEmpty), (cursor.End, cursor.IsEmpty));
    }
}
