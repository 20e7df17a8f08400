using System.Text.Json;
using Gateway.Access.Jwt;

namespace Gateway.Tests.Access;

public sealed class JwtClaimsTests
{
    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void TryRead_Globs_AreBounded(int count, bool expected) => Assert.Equal(expected, IsRead(new { exp = 1, media = Enumerable.Repeat("a/**", count) }));

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void TryRead_Texts_AreBounded(int length, bool expected)
    {
        var text = new string('a', length);
        Assert.Equal(expected, IsRead(new { exp = 1, sub = text }));
        Assert.Equal(expected, IsRead(new { exp = 1, media = text }));
        Assert.Equal(expected, IsRead(new { exp = 1, media = new[] { text } }));
    }

    private static bool IsRead(object payload) => JwtClaims.Read(JsonSerializer.SerializeToElement(payload)) is not null;
}
