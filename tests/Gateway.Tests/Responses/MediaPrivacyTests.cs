using Gateway.Responses;

namespace Gateway.Tests.Responses;

/// <summary>Cache-Control of responses whose authorisation took more than their URL.</summary>
public sealed class MediaPrivacyTests
{
    [Theory]
    [InlineData("", "private")]
    [InlineData("public, max-age=60, s-maxage=90", "private, max-age=60")]
    [InlineData("no-store", "no-store")]
    [InlineData("max-age=60, private=\"Set-Cookie\"", "private, no-cache")]
    [InlineData("No-Store, no-cache=\"Set-Cookie\"", "private, no-store")]
    public void PrivateForm_AnyCacheControl_IsNeverLaxer(string given, string expected) => Assert.Equal(expected, MediaPrivacy.PrivateForm(given));
}
