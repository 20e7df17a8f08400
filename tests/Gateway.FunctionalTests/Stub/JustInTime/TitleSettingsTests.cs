using TranscoderStub;
using TranscoderStub.JustInTime;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>What an asker chooses has few values, since each has encoders of its own; what the operator has set is taken as it is.</summary>
public sealed class TitleSettingsTests
{
    [Theory]
    [InlineData(null, 1.92)]
    [InlineData(2.04, 2.0)]
    [InlineData(9.96, 10.0)]
    public void Length_OfASegment_IsInTenthsWhereItIsChosen(double? chosen, double expected) =>
        Assert.Equal(expected, TitleSettings.Of(new StartRequestSettings(null, chosen, null, null, null), new JustInTimeOptions { SegmentSeconds = 1.92 }).SegmentSeconds);

    [Theory]
    [InlineData(0.96)]
    [InlineData(60.04)]
    [InlineData(double.NaN)]
    public void Length_OutOfItsRange_IsRefusedBeforeItIsRounded(double chosen) =>
        Assert.Throws<TranscodeException>(() => TitleSettings.Of(new StartRequestSettings(null, chosen, null, null, null), new JustInTimeOptions()));

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(0.987, 1000)]
    [InlineData(0.525, 550)]
    [InlineData(0.524, 500)]
    [InlineData(0.025, 50)]
    [InlineData(0.024, 0)]
    public void Intensity_BetweenTwoSteps_IsTheNearer(double chosen, int thousandths) =>
        Assert.Equal(thousandths, TitleSettings.Of(new StartRequestSettings(null, null, true, "warm", chosen), new JustInTimeOptions()).Intensity);
}
