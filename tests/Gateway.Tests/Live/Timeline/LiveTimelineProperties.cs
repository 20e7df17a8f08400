using FsCheck;
using FsCheck.Fluent;
using Gateway.Live.Timeline;

namespace Gateway.Tests.Live.Timeline;

/// <summary>
/// What holds for every order in which chunks come and are finished, with gaps, failures, repeats, chunks after the end, and waits anywhere between. The judge of the bench has already seen
/// every version: none takes anything back, and none changes after the end.
/// </summary>
public sealed class LiveTimelineProperties
{
    private const int Chunks = 7;

    private static readonly Gen<(int Verb, int Index)> Step =
        from verb in Gen.Choose(0, 9)
        from index in Gen.Choose(0, Chunks - 1)
        select (verb, index);

    [Fact]
    public void Playlist_ForEveryOrderOfEvents_OnlyGrowsAndEndsOnce() =>
        Prop.ForAll(Step.ListOf(60).ToArbitrary(), steps => Run(steps)).Check(Dice.Config(4000));

    [Fact]
    public void Playlist_ForEveryOrderInWhichFourChunksFinish_HasAllOfThemInOrder()
    {
        foreach (var come in Orders(4))
        {
            foreach (var finish in Orders(4))
            {
                for (var missing = 0; missing < 16; missing++)
                {
                    var bench = new LiveBench();
                    foreach (var index in come.Where(i => (missing & (1 << i)) == 0)) bench.Accept(index);
                    foreach (var index in finish) bench.Make(index);
                    bench.End().Later(20);
                    var last = Enumerable.Range(0, 4).LastOrDefault(i => (missing & (1 << i)) == 0, -1);
                    Assert.True(bench.Judge.HasEnded);
                    Assert.Equal(Enumerable.Range(0, last + 1).Select(i => (missing & (1 << i)) != 0), bench.Timeline.Entries.Select(e => e.IsGap));
                }
            }
        }
    }

    private static void Run(IReadOnlyList<(int Verb, int Index)> steps)
    {
        var bench = new LiveBench();
        foreach (var (verb, index) in steps)
        {
            _ = verb switch
            {
                <= 3 => bench.Accept(index),
                <= 6 => bench.Make(index, 4.0 + (index * 0.2), index == 4 ? "b" : "a"),
                7 => bench.Fail(index),
                8 => bench.Later(index * 4),
                _ when index == 0 => bench.End(),
                _ => bench.Later(1),
            };
            Assert.True(bench.Timeline.Unsettled >= 0);
            Assert.Equal(bench.Timeline.UnsettledIndices().Length, bench.Timeline.Unsettled);
        }

        // Whatever happened: once all that came is settled and time has passed, the list has its one end, and each chunk that came in time stands in it.
        foreach (var index in bench.Timeline.UnsettledIndices()) bench.Make(index);
        bench.End().Later(3600);
        Assert.True(bench.Judge.HasEnded);
        Assert.Equal(PlaylistWriter.Write(bench.OneByOne, PlaylistRequest.Whole, bench.Now), PlaylistWriter.Write(bench.Timeline, PlaylistRequest.Whole, bench.Now));
        Assert.Equal(Enumerable.Range(0, bench.Timeline.Entries.Count), bench.Timeline.Entries.Select(e => e.Index));
        Assert.Null(bench.Timeline.Due(bench.Now.AddDays(1)));
        for (var i = 1; i < bench.Timeline.Entries.Count; i++) Assert.Equal(bench.Timeline.Entries[i - 1].End, bench.Timeline.Entries[i].Start, 6);
    }

    private static IEnumerable<int[]> Orders(int count) => count == 0 ? [[]] : Orders(count - 1).SelectMany(rest => Enumerable.Range(0, count).Select(at => (int[])[.. rest[..at], count - 1, .. rest[at..]]));
}
