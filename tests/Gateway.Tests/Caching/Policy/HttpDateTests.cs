using Gateway.Caching.Policy;

namespace Gateway.Tests.Caching.Policy;

public sealed class HttpDateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Thu, 18 Aug 2050 02:01:18 GMT")]
    [InlineData("THU, 18 Aug 2050 02:01:18 GMT")]
    [InlineData("Thu, 18 AUG 2050 02:01:18 GMT")]
    [InlineData("Thu, 18 Aug 2050 02:01:18 gMT")]
    [InlineData("Mon, 18 Aug 2050 02:01:18 GMT")]
    [InlineData("Thursday, 18-Aug-50 02:01:18 GMT")]
    [InlineData("Thu Aug 18 02:01:18 2050")]
    public void Accepts_HttpDate_InItsThreeForms(string value)
    {
        Assert.True(HttpDate.TryParse(value, Now, out var date));
        Assert.Equal(new DateTimeOffset(2050, 8, 18, 2, 1, 18, TimeSpan.Zero), date);
    }

    [Fact]
    public void Accepts_Asctime_WithOneDigitDay()
    {
        Assert.True(HttpDate.TryParse("Thu Aug  8 02:01:18 2050", Now, out var date));
        Assert.Equal(8, date.Day);
    }

    [Theory]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 1994)]
    [InlineData("Sunday, 06-Nov-75 08:49:37 GMT", 2075)]
    [InlineData("Sunday, 06-Nov-77 08:49:37 GMT", 1977)]
    public void Accepts_TwoDigitYear_AtMostFiftyYearsAhead(string value, int year)
    {
        Assert.True(HttpDate.TryParse(value, Now, out var date));
        Assert.Equal(year, date.Year);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("Thu")]
    [InlineData(", 18 Aug 2050 02:01:18 GMT")]
    [InlineData("1hu, 18 Aug 2050 02:01:18 GMT")]
    [InlineData("Thu, 18 Aug 2050 02:01:18 UTC")]
    [InlineData("Thu, 18 Aug 2050 02:01:18 AEST")]
    [InlineData("Thu, 18 Aug 50 02:01:18 GMT")]
    [InlineData("Thu 18 Aug 2050 02:01:18 GMT")]
    [InlineData("Thu, 18  Aug  2050 02:01:18 GMT")]
    [InlineData("Thu, 18-Aug-2050 02:01:18 GMT")]
    [InlineData("Thu, 18 Aug 2050 02.01.18 GMT")]
    [InlineData("Thu, 18 Aug 2050 2:01:18 GMT")]
    [InlineData("Thu, 18 Aug 2050 2:01:18 GMT, Thu, 18 Aug 2050 2:01:19 GMT")]
    public void Rejects_HttpDate_InAnyOtherForm(string value) => Assert.False(HttpDate.TryParse(value, Now, out _));
}
