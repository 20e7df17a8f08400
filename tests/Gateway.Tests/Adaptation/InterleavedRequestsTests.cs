using Gateway.Adaptation.Players;

namespace Gateway.Tests.Adaptation;

public sealed class InterleavedRequestsTests
{
    private static readonly TimeSpan Segment = TimeSpan.FromSeconds(4);
    private readonly InterleavedRequests _requests = new();
    private int _second;

    [Fact]
    public void Asked_OnePlayerInOrder_IsOne()
    {
        for (var i = 0; i < 20; i++) Ask(i);
        Assert.False(AreSeen);
    }

    [Fact]
    public void Asked_SegmentsAgainInOtherQualities_IsOne()
    {
        for (var i = 0; i < 20; i++) Ask(i / 2);
        Assert.False(AreSeen);
    }

    [Fact]
    public void Asked_ThreeSeeks_IsOne()
    {
        foreach (var segment in new[] { 0, 1, 50, 51, 20, 21, 80, 81 }) Ask(segment);
        Assert.False(AreSeen);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(2)]
    public void Asked_TwoPlayersInTurn_AreSeveral(int apart)
    {
        for (var i = 0; i < 5; i++)
        {
            Ask(i);
            Ask(i + apart);
        }

        Assert.True(AreSeen);
    }

    [Fact]
    public void Asked_OneOfTwoLeft_IsOneAfterHalfAMinute()
    {
        for (var i = 0; i < 5; i++)
        {
            Ask(i);
            Ask(i + 40);
        }

        for (var i = 5; i < 40; i++) Ask(i);
        Assert.False(AreSeen);
    }

    private bool AreSeen => _requests.AreSeen(TimeSpan.FromSeconds(_second));

    private void Ask(int segment) => _requests.Asked(TimeSpan.FromSeconds(++_second), segment * Segment, Segment);
}
