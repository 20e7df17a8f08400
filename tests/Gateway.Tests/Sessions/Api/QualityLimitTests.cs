using System.Collections.Immutable;
using Gateway.Sessions.Limits;
using Gateway.Sessions.Registry;

namespace Gateway.Tests.Sessions.Api;

public sealed class QualityLimitTests
{
    private static readonly ImmutableArray<long> Film = [212_052, 392_536, 662_980, 2_000_000];

    [Theory]
    [InlineData("Original", 0, 0)]
    [InlineData("High", 0, 0)]
    [InlineData("High", 500, 500)]
    [InlineData("Medium", 0, 393)]
    [InlineData("Medium", 500, 213)]
    [InlineData("Medium", 700, 393)]
    [InlineData("Low", 0, 213)]
    [InlineData("Low", 700, 213)]
    [InlineData("Low", 100, 100)]
    public void Quality_OfALadder_IsALimitWithinTheRight(string quality, int allowed, int kbps) =>
        Assert.Equal(kbps, QualityLimit.KbpsFor(Enum.Parse<PlaybackQuality>(quality), Film, allowed));

    [Theory]
    [InlineData("Low")]
    [InlineData("Medium")]
    public void Quality_OneRungOrNone_LeavesWhatIsThere(string quality)
    {
        Assert.Equal(8, QualityLimit.KbpsFor(Enum.Parse<PlaybackQuality>(quality), [7_500], 0));
        Assert.Equal(0, QualityLimit.KbpsFor(Enum.Parse<PlaybackQuality>(quality), [], 0));
        Assert.Equal(300, QualityLimit.KbpsFor(Enum.Parse<PlaybackQuality>(quality), default, 300));
    }

    [Fact]
    public void Offered_AllAboveTheLimit_IsTheLowest() => Assert.Equal([212_052L], QualityLimit.Offered(Film, 1));
}
