using System.ComponentModel.DataAnnotations;
using Gateway.Peers;

namespace Gateway.Tests.Peers;

public sealed class PeersOptionsTests
{
    [Theory]
    [InlineData("http://10.0.0.11:8080", 1)]
    [InlineData("https://b.example/ 2.5", 2.5)]
    [InlineData("  http://[::1]:8080   0.01 ", 0.01)]
    public void TryRead_AddressAndWeight_AreRead(string text, double weight)
    {
        Assert.True(PeersOptions.TryRead(text, out _, out var read));
        Assert.Equal(weight, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.11:8080")]
    [InlineData("ftp://a")]
    [InlineData("http://a/path")]
    [InlineData("http://a 0")]
    [InlineData("http://a 101")]
    [InlineData("http://a NaN")]
    [InlineData("http://a 1 1")]
    public void TryRead_AnythingElse_IsRefused(string text) => Assert.False(PeersOptions.TryRead(text, out _, out _));

    [Fact]
    public void Validate_NoNodes_IsFine() => Assert.Empty(new PeersOptions().Validate(new ValidationContext(this)));

    [Fact]
    public void Validate_UnknownSelfAndBadEntries_AreEachTold()
    {
        var options = new PeersOptions { Self = "c" };
        options.Nodes["a"] = "http://a:8080";
        options.Nodes["b b"] = "http://b:8080";
        options.Nodes["d"] = "nowhere";
        var told = options.Validate(new ValidationContext(this)).Select(r => r.ErrorMessage!).ToArray();
        Assert.Equal(3, told.Length);
        Assert.Contains(told, t => t.StartsWith("Self ('c')", StringComparison.Ordinal));
    }
}
