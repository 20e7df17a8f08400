using System.Buffers.Binary;
using TranscoderStub.Live;

namespace Gateway.FunctionalTests.Stub;

public sealed class MovieFragmentsTests
{
    private static byte[] File(string name) => System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "titles", "demo", name));

    [Theory]
    [InlineData("v720/init.mp4", 90000)]
    [InlineData("a64/init.mp4", 48000)]
    public void Timescale_OfAnInitialisationSegment_IsTheTracks(string name, uint timescale) => Assert.Equal(timescale, MovieFragments.Timescale(File(name)));

    [Fact]
    public void Shift_ByALoop_MovesEveryFragmentAndNothingElse()
    {
        var stored = File("v360/seg_00003.m4s");
        var moved = MovieFragments.Shift(stored, 1L << 40, 160);

        Assert.Equal(10, MovieFragments.Count(stored));
        Assert.Equal(FragmentTimes.DecodeTimes(stored).Select(t => t + (1L << 40)), FragmentTimes.DecodeTimes(moved));
        Assert.Equal(FragmentTimes.SequenceNumbers(stored).Select(n => n + 160), FragmentTimes.SequenceNumbers(moved));
        Assert.Equal(stored, MovieFragments.Shift(moved, -(1L << 40), unchecked((uint)-160)));
        Assert.InRange(Enumerable.Range(0, stored.Length).Count(i => stored[i] != moved[i]), 10, 10 * (8 + 4));
    }

    [Fact]
    public void Shift_OfASequenceNumberAtItsLimit_Wraps()
    {
        var moved = MovieFragments.Shift(File("v360/seg_00001.m4s"), 0, uint.MaxValue);

        Assert.Equal(0u, FragmentTimes.SequenceNumbers(moved)[0]);
    }

    [Fact]
    public void Shift_OfAShortTime_IsRefused()
    {
        var segment = File("v360/seg_00001.m4s");
        segment[segment.AsSpan().IndexOf("tfdt"u8) + 4] = 0;

        Assert.Throws<InvalidDataException>(() => MovieFragments.Shift(segment, 1, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(uint.MaxValue)]
    public void Shift_OfBoxesThatDoNotNest_IsRefused(uint size)
    {
        var segment = File("v360/seg_00001.m4s");
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(segment.AsSpan().IndexOf("moof"u8) - 4), size);

        Assert.Throws<InvalidDataException>(() => MovieFragments.Shift(segment, 1, 0));
    }

    [Fact]
    public void Count_OfACutSegment_IsRefused() => Assert.Throws<InvalidDataException>(() => MovieFragments.Count(File("v360/seg_00001.m4s").AsSpan(0, 1000)));
}
