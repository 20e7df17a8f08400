using TranscoderStub.Live;
using TranscoderStub.LowLatency;
using TranscoderStub.Titles;

namespace Gateway.FunctionalTests.Stub;

public sealed class PartedTrackTests
{
    private static readonly LiveOptions s_options = new();
    private static readonly TitleCatalog s_catalog = TitleCatalog.Load(new TitlesOptions());
    private static readonly LowLatencyTitle s_title =
        LowLatencyTitle.Of(LiveTitle.Of(s_catalog.Titles.Single(t => t.MediaId == "demo"), s_catalog, s_options)!, new LowLatencyOptions())!;

    [Theory]
    [InlineData("v360")]
    [InlineData("a64")]
    public void Next_AtAnyTime_IsTheFirstPartThatIsNotComplete(string rendition)
    {
        var track = s_title.Tracks[rendition];
        // A prime step meets the loop's edges from every side.
        for (var ticks = TimeSpan.FromSeconds(2).Ticks; ticks < TimeSpan.FromSeconds(70).Ticks; ticks += 77_773)
        {
            var now = s_options.Epoch + TimeSpan.FromTicks(ticks);
            Assert.True(track.CompleteAt(track.Last(now)) <= now);
            Assert.True(now < track.CompleteAt(track.Next(now)));
        }
    }

    [Theory]
    [InlineData("v360")]
    [InlineData("a64")]
    public void Next_AtTheVeryMomentAPartIsComplete_IsTheFollowingPart(string rendition)
    {
        var track = s_title.Tracks[rendition];
        var position = new PartPosition(15, 0);
        for (var i = 0; i < 30; i++)
        {
            var following = track.Normalise(position with { Part = position.Part + 1 });
            Assert.Equal(following, track.Next(track.CompleteAt(position)));
            Assert.Equal(position, track.Next(track.CompleteAt(position) - TimeSpan.FromTicks(1)));
            position = following;
        }
    }

    [Fact]
    public void Durations_OverALoop_SumToTheLoop()
    {
        foreach (var track in s_title.Tracks.Values)
        {
            var sum = TimeSpan.Zero;
            for (var n = 0; n < 16; n++)
            {
                for (var part = 0; part < track.PartsOf(n); part++) sum += track.DurationOf(new PartPosition(n, part));
            }

            Assert.Equal(TimeSpan.FromSeconds(32), sum);
        }
    }

    [Fact]
    public void Independent_OfVideo_IsOnlyTheFirstPartAndOfAudioEveryPart()
    {
        Assert.Equal([true, false, false], Enumerable.Range(0, 3).Select(part => s_title.Tracks["v720"].IsIndependent(new PartPosition(5, part))));
        Assert.Equal([true, true, true], Enumerable.Range(0, 3).Select(part => s_title.Tracks["a64"].IsIndependent(new PartPosition(5, part))));
    }

    [Theory]
    [InlineData("part_20.3.m4s", true)]
    [InlineData("part_20.10.m4s", false)]
    [InlineData("part_020.3.m4s", false)]
    [InlineData("part_20.m4s", false)]
    [InlineData("part_-1.3.m4s", false)]
    [InlineData("part_20.3.ts", false)]
    public void TryPosition_OfAName_TakesOnlyTheOneForm(string name, bool taken) => Assert.Equal(taken, s_title.Tracks["v720"].TryPosition(name, out _));
}
