using Gateway.Telemetry.Events;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Telemetry;

public sealed class CorrelationTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("abc", null)]
    [InlineData("1.5", null)]
    [InlineData(" 42 ", 42L)]
    [InlineData("99999999999999999999", null)]
    public void LoadId_AnyHeader_IsANumberOrAbsent(string? sent, long? expected)
    {
        var headers = new HeaderDictionary { [Correlation.LoadIdHeader] = sent };
        Assert.Equal(expected, Correlation.From(headers, "s").StartupLoadId);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("  \t ", null)]
    [InlineData("\u0001\u0002", null)]
    [InlineData("  a\u0007b c ", "ab c")]
    public void Id_AnyHeader_IsTrimmedAndFreeOfControlCharacters(string sent, string? expected)
    {
        var headers = new HeaderDictionary { [Correlation.CorrelationIdHeader] = new[] { sent, "second" } };
        Assert.Equal(expected, Correlation.From(headers, "s").StartupCorrelationId);
    }

    [Fact]
    public void Id_LongerThan128_IsCutAndNeverThroughACharacter()
    {
        Assert.Equal(128, Correlation.CorrelationIdOf(new string('a', 500))!.Length);
        Assert.Equal(127, Correlation.CorrelationIdOf(new string('a', 127) + "😀")!.Length);
    }
}
