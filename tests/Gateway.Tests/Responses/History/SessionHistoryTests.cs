using Gateway.Responses.History;

namespace Gateway.Tests.Responses.History;

/// <summary>What a session remembers, and what it may cost.</summary>
public sealed class SessionHistoryTests
{
    private static readonly long s_start = new DateTimeOffset(2026, 1, 1, 20, 0, 0, TimeSpan.Zero).UtcTicks;

    [Fact]
    public void Add_MoreThanThereIsRoomFor_KeepsTheLastRequestsAndAllMarks()
    {
        var history = new SessionHistory(new HistoryBudget(1 << 20));
        history.Add(At(HistoryKind.Opened, 0));
        history.Add(At(HistoryKind.Stalled, 5));
        for (var i = 0; i < SessionHistory.MostRequests + 10; i++) history.Add(At(HistoryKind.Segment, 10 + i));
        var entries = history.Read(out var dropped);
        Assert.Equal((10, SessionHistory.MostRequests + 2), (dropped, entries.Length));
        Assert.Equal([HistoryKind.Opened, HistoryKind.Stalled], entries[..2].Select(e => e.Kind));
        Assert.Equal(Seconds(20), entries[2].At);
        Assert.Equal(entries.OrderBy(e => e.At), entries);
    }

    [Fact]
    public void Read_OverlappingRequests_AreInTheOrderInWhichTheyBegan()
    {
        var history = new SessionHistory(new HistoryBudget(1 << 20));
        history.Add(At(HistoryKind.Segment, 9, tookMs: 500));
        history.Add(At(HistoryKind.Segment, 10, tookMs: 4000));
        Assert.Equal([4000, 500], history.Read(out _).Select(e => e.TookMs));
    }

    [Fact]
    public void Add_BudgetSpent_GoesOnWithWhatItHas()
    {
        var budget = new HistoryBudget(4096);
        var first = new SessionHistory(budget);
        for (var i = 0; i < 1000; i++) first.Add(At(HistoryKind.Segment, i));
        var held = first.Read(out _);
        Assert.InRange(held.Length, 1, 48);
        Assert.Equal(Seconds(999), held[^1].At);

        var second = new SessionHistory(new HistoryBudget(0));
        second.Add(At(HistoryKind.Segment, 1));
        Assert.Empty(second.Read(out var dropped));
        Assert.Equal(1, dropped);
        first.Forget();
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void Add_BudgetSpentByOneThatIsOver_TakesItsPlace()
    {
        var budget = new HistoryBudget(4096);
        var over = new SessionHistory(budget);
        for (var i = 0; i < 1000; i++) over.Add(At(HistoryKind.Segment, i));
        over.Close();
        var held = new Queue<SessionHistory>([over]);
        budget.Reclaim = () =>
        {
            if (!held.TryDequeue(out var oldest)) return false;
            oldest.Forget();
            return true;
        };
        var playing = new SessionHistory(budget);
        for (var i = 0; i < 40; i++) playing.Add(At(HistoryKind.Segment, i));
        Assert.Empty(over.Read(out _));
        Assert.Equal(32, playing.Read(out _).Length);
    }

    [Fact]
    public void Add_AfterTheEnd_KeepsNothing()
    {
        var history = new SessionHistory(new HistoryBudget(1 << 20));
        history.Add(At(HistoryKind.Segment, 1));
        history.Close();
        history.Add(At(HistoryKind.Segment, 2));
        Assert.Single(history.Read(out _));
    }

    [Fact]
    public void Add_OnceGrown_AllocatesNothing()
    {
        var history = new SessionHistory(new HistoryBudget(1 << 20));
        var entry = At(HistoryKind.Segment, 1);
        for (var i = 0; i < SessionHistory.MostRequests; i++) history.Add(entry);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) history.Add(entry);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("/films/1/v720/seg-1.m4s", "seg-1.m4s")]
    [InlineData("none", "none")]
    public void NameOf_Path_IsItsLastPart(string path, string name) => Assert.Equal(name, HistoryEntry.NameOf(path));

    [Fact]
    public void NameOf_LongName_IsCut() => Assert.Equal(HistoryEntry.LongestName, HistoryEntry.NameOf("/" + new string('x', 2000)).Length);

    private static long Seconds(double seconds) => s_start + TimeSpan.FromSeconds(seconds).Ticks;

    private static HistoryEntry At(HistoryKind kind, double seconds, int tookMs = 0) => new() { Kind = kind, At = Seconds(seconds), TookMs = tookMs };
}
