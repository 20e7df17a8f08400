using Gateway.Load.Reports;

namespace Gateway.Tests.Load.Reports;

public sealed class FigureTextTests
{
    [Theory]
    [InlineData(0, "Milliseconds", "0 ms")]
    [InlineData(57.53, "Milliseconds", "57.5 ms")]
    [InlineData(2500, "Milliseconds", "2.5 s")]
    [InlineData(125_000, "Milliseconds", "2 min 05 s")]
    [InlineData(0.00001, "Share", "< 0.01 %")]
    [InlineData(0.0213, "Share", "2.13 %")]
    [InlineData(1234, "Kbps", "1.23 Mbit/s")]
    [InlineData(2_000_000, "Kbps", "2 Gbit/s")]
    [InlineData(6686, "Number", "6\u202f686")]
    [InlineData(double.NaN, "Number", "–")]
    public void Of_AValue_KeepsTheDigitsThatCount(double value, string unit, string text) => Assert.Equal(text, FigureText.Of(value, Enum.Parse<FigureUnit>(unit)));
}
