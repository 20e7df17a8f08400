using Gateway.Load.Agreement;

namespace Gateway.Tests.Load.Agreement;

public sealed class AgreementRowTests
{
    private const int Edge = (AgreementCase.Seconds - AgreementTitle.SegmentSeconds) * 1000;

    [Fact]
    public void Agreeing_OtherRungs_CountsThoseThatAreEqual()
    {
        var row = Row(Outcome((0, 1, 1000), (1, 2, 2000), (2, 2, 3000)), Outcome((0, 1, 1100), (1, 3, 2100), (2, 2, 3100)));

        Assert.Equal((3, 2), (row.Compared, row.Agreeing));
        Assert.Equal(1, row.FirstDifference);
    }

    [Fact]
    public void Agreeing_SegmentThatOneNeverHad_IsADifference()
    {
        var row = Row(Outcome((0, 1, 1000), (1, 1, 2000)), Outcome((0, 1, 1000)));

        Assert.Equal((2, 1), (row.Compared, row.Agreeing));
    }

    [Fact]
    public void Compared_SegmentThatBothHadInTheLastSeconds_IsLeftOut()
    {
        var row = Row(Outcome((0, 1, 1000), (1, 1, Edge + 1)), Outcome((0, 1, 1000), (1, 2, Edge + 500)));

        Assert.Equal((1, 1), (row.Compared, row.Agreeing));
    }

    [Fact]
    public void Compared_SegmentThatOneHadJustBeforeTheEdge_Counts()
    {
        var row = Row(Outcome((0, 1, 1000), (1, 1, Edge)), Outcome((0, 1, 1000), (1, 1, Edge + 500)));

        Assert.Equal((2, 2), (row.Compared, row.Agreeing));
    }

    [Theory]
    [InlineData(1000, 1100, 100)]
    [InlineData(1000, 900, -100)]
    [InlineData(null, null, 0)]
    [InlineData(1000, null, null)]
    [InlineData(null, 1000, null)]
    public void StartupDifference_PictureOfEither_TellsWhatIsKnown(int? expected, int? actual, int? difference) =>
        Assert.Equal(difference, Row(Outcome() with { StartupMs = expected }, Outcome() with { StartupMs = actual }).StartupDifferenceMs);

    [Fact]
    public void Outcome_SegmentLoadedTwice_HasTheLastCompleteRung()
    {
        var whole = AgreementTitle.VideoBytes(1, 0);
        var recording = new Recording
        {
            Player = "dashjs",
            Case = AgreementCase.All[0],
            StartupMs = 500,
            Stalls = [new(2000, 300), new(4000, 700)],
            Loads =
            [
                new("v0/init.mp4", 0, 1, 2, AgreementTitle.InitBytes),
                new("v0/seg_00000.m4s", 10, 20, 100, AgreementTitle.VideoBytes(0, 0)),
                new("a/seg_00000.m4s", 10, 20, 100, AgreementTitle.AudioBytes),
                new("v1/seg_00000.m4s", 110, 120, 300, whole),
                new("v2/seg_00000.m4s", 310, 320, 400, whole),
            ],
        };

        var outcome = PlayOutcome.Of(recording);

        Assert.Equal((1, 300), Assert.Single(outcome.Segments).Value);
        Assert.Equal((500, 2, 1000), (outcome.StartupMs, outcome.Stalls, outcome.StalledMs));
    }

    private static AgreementRow Row(PlayOutcome expected, PlayOutcome actual) => new("hlsjs", "trace", expected, actual);

    private static PlayOutcome Outcome(params (int Number, int Rung, int EndedMs)[] segments) => new() { Segments = segments.ToDictionary(s => s.Number, s => (s.Rung, s.EndedMs)) };
}
