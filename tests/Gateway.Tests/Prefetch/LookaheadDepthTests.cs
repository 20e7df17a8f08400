using Gateway.Prefetch;

namespace Gateway.Tests.Prefetch;

public sealed class LookaheadDepthTests
{
    [Theory]
    [InlineData(3, 8, null, 2000, 3)]
    [InlineData(3, 8, 100, 2000, 3)]
    [InlineData(3, 8, 600, 2000, 4)]
    [InlineData(3, 8, 5000, 2000, 6)]
    [InlineData(3, 5, 9000, 2000, 5)]
    [InlineData(3, 8, 9000, 0, 6)]
    [InlineData(0, 8, 9000, 2000, 0)]
    [InlineData(3, 3, 9000, 2000, 3)]
    public void Of_OriginsSlowAnswers_IsTheDepth(int usual, int most, int? slow, int segment, int expected) =>
        Assert.Equal(expected, LookaheadDepth.Of(usual, most, slow is { } late ? TimeSpan.FromMilliseconds(late) : null, TimeSpan.FromMilliseconds(segment)));
}
