using Gateway.Adaptation.Serving;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Tests.Adaptation;

/// <summary>A window of three segments of two seconds, of which a player takes the middle one each time, so that each reload tells the same time.</summary>
public sealed class SlidingPositionTests
{
    private readonly SlidingPosition _position = new();

    [Theory]
    [InlineData(new[] { 10, 11, 12 }, new[] { 2, 4, 6 })]
    [InlineData(new[] { 10, 14 }, new[] { 2, 10 })]
    [InlineData(new[] { 10, 11, 11, 10 }, new[] { 2, 4, 4, 2 })]
    public void Segment_OfALaterWindow_LiesBehindTheOneBefore(int[] numbers, int[] seconds) =>
        Assert.Equal(seconds, numbers.Select(n => (int)_position.Placed(Segment(n)).Start.TotalSeconds));

    private static TimelineEntry Segment(int number) => new()
    {
        Kind = EntryKind.Segment,
        Address = new MediaAddress("origin", $"/{number}.ts", ""),
        Sequence = number,
        Start = TimeSpan.FromSeconds(2),
        Duration = TimeSpan.FromSeconds(2),
    };
}
