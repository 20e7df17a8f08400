using Gateway.Load.Baseline;

namespace Gateway.Tests.Load.Baseline;

public sealed class BaselineGatesTests
{
    [Theory]
    [InlineData("Samples", 200, 199)]
    [InlineData("Startup timeouts", 20, 21)]
    [InlineData("Retry exhaustion", 10, 11)]
    [InlineData("p95 to audible", 2500, 2500.1)]
    [InlineData("p50 to audible", 1200, 1200.1)]
    public void Judge_OneStepOverEachLimit_FailsThatGateAlone(string gate, double passes, double fails)
    {
        Assert.All(BaselineGates.Judge(FiguresWith(gate, passes)), g => Assert.True(g.HasPassed, g.Name));
        var failed = BaselineGates.Judge(FiguresWith(gate, fails)).Where(g => g.HasPassed == false).Select(g => g.Name);
        Assert.Equal([gate], failed);
    }

    [Fact]
    public void Judge_Gates_StandInTheOrderOfRisk() =>
        Assert.Equal(["Samples", "Startup timeouts", "Retry exhaustion", "p95 to audible", "p50 to audible"], BaselineGates.Judge(FiguresWith("", 0)).Select(g => g.Name));

    [Fact]
    public void Judge_NoSample_FailsTheirNumberOnly()
    {
        var gates = BaselineGates.Judge(new StartupFigures(0, 0, null, null, 0, 0));
        Assert.Equal([false, null, null, null, null], gates.Select(g => g.HasPassed));
    }

    [Fact]
    public void Judge_StartUpsWithoutTimes_FailsTheirTimes()
    {
        var gates = BaselineGates.Judge(new StartupFigures(200, 0, null, null, 0, 0));
        Assert.Equal([true, true, true, false, false], gates.Select(g => g.HasPassed));
    }

    [Fact]
    public void JudgeLikeness_OfOtherWindowOrPopulation_Fails()
    {
        var (hour, nearly, half) = (Lasting(60, "segmented"), Lasting(55, "segmented"), Lasting(30, "direct"));
        Assert.Equal([true, true], BaselineGates.JudgeLikeness(hour, nearly).Select(g => g.HasPassed));
        Assert.Equal([false, false], BaselineGates.JudgeLikeness(hour, half).Select(g => g.HasPassed));
        Assert.Equal([null, null], BaselineGates.JudgeLikeness(hour, new Capture()).Select(g => g.HasPassed));
    }

    private static StartupFigures FiguresWith(string gate, double value)
    {
        var figures = new StartupFigures(1000, 1000, 1000, 2000, 0, 0);
        return gate switch
        {
            "Samples" => figures with { Samples = (long)value },
            "Startup timeouts" => figures with { Timeouts = (long)value },
            "Retry exhaustion" => figures with { Exhaustions = (long)value },
            "p95 to audible" => figures with { P95Ms = value },
            "p50 to audible" => figures with { P50Ms = value },
            _ => figures,
        };
    }

    private static Capture Lasting(int minutes, string engine)
    {
        var capture = new Capture();
        capture.Samples.Add(new StartupSample(1, "audible", engine));
        capture.Saw(DateTimeOffset.UnixEpoch);
        capture.Saw(DateTimeOffset.UnixEpoch.AddMinutes(minutes));
        return capture;
    }
}
