using Gateway.Load.Players.Rules;

namespace Gateway.Tests.Load.Players.Rules;

public sealed class ShakaDroppedFramesTests
{
    private readonly ShakaDroppedFrames _frames = new(3);

    [Theory]
    [InlineData(0.29, false)]
    [InlineData(0.31, true)]
    public void TooMany_ShareOfTwoSeconds_BeginsAtFifteenPercent(double dropped, bool tooMany)
    {
        _frames.Look(10);
        _frames.Drop(dropped);

        Assert.Equal(tooMany, _frames.TooMany(12));
    }

    [Fact]
    public void TooMany_AskedAgain_CountsFromTheLastLook()
    {
        _frames.Drop(3);

        Assert.True(_frames.TooMany(4));
        Assert.False(_frames.TooMany(6));
    }

    [Fact]
    public void TooMany_NothingDecoded_IsFalse() => Assert.False(_frames.TooMany(0));

    [Fact]
    public void TryBan_Stream_IsGivenUpForHalfAMinute()
    {
        Assert.True(_frames.TryBan(1, 100));

        Assert.True(_frames.IsBanned(1, 129.9));
        Assert.False(_frames.IsBanned(1, 130));
        Assert.False(_frames.EndedSince(127, 129));
        Assert.True(_frames.EndedSince(129, 131));
    }

    [Fact]
    public void TryBan_LastStream_IsKept()
    {
        Assert.True(_frames.TryBan(0, 0));
        Assert.True(_frames.TryBan(2, 0));

        Assert.False(_frames.TryBan(1, 1));
        Assert.False(_frames.IsBanned(1, 1));
    }
}
