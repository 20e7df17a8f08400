using Gateway.Caching.Fetching;

namespace Gateway.Tests.Caching.Fetching;

public sealed class FetchTransitionsTests
{
    private static readonly FetchEvent[] Events =
        [FetchEvent.Kept, FetchEvent.KeptWhileRead, FetchEvent.Shared, FetchEvent.Passed, FetchEvent.Outgrown, FetchEvent.Deserted, FetchEvent.Over];

    [Theory]
    [InlineData("Asking           Keeping KeepingWhileRead Sharing Passing -       GivenUp Ended")]
    [InlineData("Keeping          -       -                -       -       Passing GivenUp Ended")]
    [InlineData("KeepingWhileRead -       -                -       -       Passing GivenUp Ended")]
    [InlineData("Sharing          -       -                -       -       Passing GivenUp Ended")]
    [InlineData("Passing          -       -                -       -       -       GivenUp Ended")]
    [InlineData("GivenUp          -       -                -       -       -       -       Ended")]
    [InlineData("Ended            -       -                -       -       -       -       -")]
    public void Next_EveryState_FollowsTheTable(string row)
    {
        var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var from = Enum.Parse<FetchState>(cells[0]);
        Assert.Equal(cells[1..], Events.Select(e => FetchTransitions.Next(from, e)?.ToString() ?? "-"));
    }

    [Fact]
    public void Table_AllStatesAndEvents_ArePresent()
    {
        Assert.Equal(7, Enum.GetValues<FetchState>().Length);
        Assert.Equal(Enum.GetValues<FetchEvent>().Order(), Events.Order());
    }

    [Theory]
    [InlineData("Asking", true, false)]
    [InlineData("Keeping", true, true)]
    [InlineData("KeepingWhileRead", false, false)]
    [InlineData("Sharing", false, false)]
    [InlineData("Passing", false, false)]
    public void Fetch_WithoutReaders_StateDecidesWhetherItGoesOn(string state, bool goesOn, bool isFinished)
    {
        Assert.Equal(goesOn, FetchTransitions.MayGoOnUnread(Enum.Parse<FetchState>(state)));
        Assert.Equal(isFinished, FetchTransitions.IsFinishedWhenMostIsIn(Enum.Parse<FetchState>(state)));
    }
}
