using Gateway.Live.Timeline;
using Gateway.Tests.Live.Timeline;

namespace Gateway.Tests.Live.Life;

/// <summary>What the sweep does for the others when one session is in trouble, and what it puts right after a crash.</summary>
public sealed class LiveSweepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string JournalOf(string id) => Path.Combine(_folder, "journal", $"{id}.jsonl");

    private string MarkOf(string id) => Path.Combine(_folder, "journal", $"{id}.closed");

    [Fact]
    public async Task Sessions_BesideSpoiltJournals_AreTakenOnAtTheStart()
    {
        using (var before = new LiveNode(_folder, TimeSpan.Zero))
        {
            for (var i = 0; i < 8; i++) await before.BeginAsync($"session{i}", LiveNode.Accepted(0));
        }

        for (var i = 0; i < 8; i += 2) await File.WriteAllTextAsync(JournalOf($"session{i}"), i % 4 == 0 ? "\0\0\0\0\n" : "{\"contract_version\":2}\n", TestContext.Current.CancellationToken);
        using var node = new LiveNode(_folder, TimeSpan.FromSeconds(1));
        await node.Sweep.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(4, node.Queue.Waiting);
        await node.Sweep.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Gaps_BesideAJournalThatIsGone_AreWrittenAllTheSame()
    {
        using var node = new LiveNode(_folder, TimeSpan.FromMinutes(1));
        for (var i = 0; i < 8; i++) await node.BeginAsync($"session{i}", LiveNode.Accepted(1));
        for (var i = 0; i < 8; i += 2) File.Delete(JournalOf($"session{i}"));
        await node.Sweep.TakeTurnAsync(looksAround: false, TestContext.Current.CancellationToken);
        Assert.Equal(4, node.Sessions.Loaded().Count(s => s.Look(t => t.Next) == 1));
    }

    [Fact]
    public async Task Gaps_BeforeAChunkFarAhead_TakeOneRecord()
    {
        using var node = new LiveNode(_folder, TimeSpan.FromMinutes(1));
        var session = await node.BeginAsync("far", LiveNode.Accepted(99_999));
        await node.Sweep.TakeTurnAsync(looksAround: false, TestContext.Current.CancellationToken);
        Assert.Equal((99_999, 99_999), session.Look(t => (t.Next, t.Entries.Count(e => e.IsGap))));
        Assert.Equal([LiveRecordKind.Accepted, LiveRecordKind.Missed], (await node.Journal.ReadAsync("far", 0, TestContext.Current.CancellationToken)).Select(r => r.Kind));
    }

    [Fact]
    public async Task Gaps_InManyRuns_LeaveTheOthersTheirTurn()
    {
        using var node = new LiveNode(_folder, TimeSpan.FromMinutes(1));
        // Every other chunk came, and could not be made.
        var session = await node.BeginAsync("torn", [.. Enumerable.Range(0, 200).SelectMany(i => new[] { LiveNode.Accepted((2 * i) + 1), new LiveRecord(LiveRecordKind.Failed, LiveBench.Begin, (2 * i) + 1) { Reason = "refused" } })]);
        await node.Sweep.TakeTurnAsync(looksAround: false, TestContext.Current.CancellationToken);
        Assert.Equal(128, session.Look(t => t.Next));
        await node.Sweep.TakeTurnAsync(looksAround: false, TestContext.Current.CancellationToken);
        Assert.Equal(256, session.Look(t => t.Next));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Session_WhoseCloseWasNotNoted_IsNotedAtTheStart(bool isCut)
    {
        using (var before = new LiveNode(_folder, TimeSpan.Zero)) await before.BeginAsync("ended", new LiveRecord(LiveRecordKind.Ended, LiveBench.Begin) { Reason = LiveTimeline.EndedByUploader });
        Assert.True(File.Exists(MarkOf("ended")));
        if (isCut) await File.WriteAllTextAsync(MarkOf("ended"), "", TestContext.Current.CancellationToken);
        else File.Delete(MarkOf("ended"));
        using var node = new LiveNode(_folder, TimeSpan.FromSeconds(1));
        await node.Sweep.StartAsync(TestContext.Current.CancellationToken);
        await node.Sweep.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal([("ended", (DateTimeOffset?)LiveBench.Begin)], await node.Journal.ListAsync(TestContext.Current.CancellationToken));
    }
}
