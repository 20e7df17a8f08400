using Gateway.Load.Reports.Html;

namespace Gateway.Tests.Load.Reports;

public sealed class AxisTests
{
    [Theory]
    [InlineData(97, 100, 25)]
    [InlineData(630, 800, 200)]
    [InlineData(0, 1, 0.25)]
    [InlineData(double.NaN, 1, 0.25)]
    public void Linear_ToAnyValue_HasRoundSteps(double greatest, double most, double step)
    {
        var axis = Axis.Linear(greatest);
        Assert.Equal((most, step), (axis.Most, axis.Ticks[1]));
        Assert.Equal((0, 1), (axis.Place(0), axis.Place(most)));
    }

    [Fact]
    public void Log_OverManyPowers_PlacesThemEvenly()
    {
        var axis = Axis.Log(0.5, 8000);
        Assert.Equal([0.1, 1, 10, 100, 1000, 10_000], axis.Ticks.Select(t => Math.Round(t, 6)));
        Assert.Equal(0.6, axis.Place(100), 6);
    }

    [Fact]
    public void Time_OfTwentyMinutes_CountsInMinutesPeopleUse() => Assert.Equal([0, 300, 600, 900, 1200], Axis.Time(1200).Ticks);
}
