using TranscoderStub.JustInTime;
using TranscoderStub.Probing;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>The arithmetic of cuts, over a day of every usual rate.</summary>
public sealed class TrackTimelineTests
{
    [Theory]
    [InlineData(25, 1, 48000, 1024)]
    [InlineData(30000, 1001, 44100, 1024)]
    [InlineData(24000, 1001, 48000, 1024)]
    [InlineData(60, 1, 48000, 960)]
    [InlineData(15, 1, 44100, 1024)]
    public void Sound_BesideAPicture_IsCutLessThanAFrameAfterIt(int above, int below, int rate, int frame)
    {
        var ticks = 90000L * below % above == 0 ? 90000 : above;
        var perSegment = (long)Math.Round(2.0 * above / below);
        var picture = new TrackTimeline((uint)ticks, (int)((long)ticks * below / above), 86_400L * above / below, perSegment, 1);
        var sound = new TrackTimeline((uint)rate, frame, 86_400L * rate / frame, perSegment * picture.FrameTicks * rate, picture.Timescale * (long)frame);

        long frames = 0;
        for (var n = 0; n < Math.Min(picture.Segments, sound.Segments); n++)
        {
            var late = ((Int128)sound.StartOf(n) * picture.Timescale) - ((Int128)picture.StartOf(n) * rate);
            Assert.InRange((long)late, 0, ((long)frame * picture.Timescale) - 1);
            Assert.True(sound.FramesOf(n) > 0);
            frames += sound.FramesOf(n);
        }

        if (sound.Segments <= picture.Segments) Assert.Equal(sound.Frames, frames);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(49)]
    [InlineData(50)]
    [InlineData(51)]
    [InlineData(100)]
    public void Segments_OfAnyNumberOfFrames_HoldEachOnce(int frames)
    {
        var timeline = new TrackTimeline(90000, 3600, frames, 50, 1);

        Assert.Equal((frames + 49) / 50, timeline.Segments);
        Assert.Equal(frames, Enumerable.Range(0, timeline.Segments).Sum(timeline.FramesOf));
        Assert.All(Enumerable.Range(0, frames), f => Assert.InRange(f * 3600L, timeline.StartOf(timeline.SegmentAt(f / 25d)), timeline.StartOf(timeline.SegmentAt(f / 25d) + 1) - 1));
        Assert.Equal(timeline.Segments - 1, timeline.SegmentAt(1e6));
    }

    [Theory]
    [InlineData(25, "25")]
    [InlineData(29.97, "30000/1001")]
    [InlineData(23.976, "24000/1001")]
    [InlineData(59.94, "60000/1001")]
    [InlineData(7.5, "10")]
    [InlineData(13.1, "15")]
    [InlineData(120, "60")]
    public void FrameRate_OfAnAverage_IsTheUsualOneOrTheNextHigher(double average, string rate) => Assert.Equal(rate, FrameRate.For(average).ToString());
}
