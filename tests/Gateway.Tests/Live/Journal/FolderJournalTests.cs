using Gateway.Live.Journal;
using Gateway.Live.Keys;
using Gateway.Live.Timeline;
using Gateway.Tests.Live.Timeline;

namespace Gateway.Tests.Live.Journal;

public sealed class FolderJournalTests : IDisposable
{
    private const string Session = "0123456789abcdef0123456789abcdef";

    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    private string File => Path.Combine(_folder, "journal", $"{Session}.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Records_OfEveryKind_AreReadAsTheyWereWritten()
    {
        var journal = await BegunAsync();
        var header = await new FolderJournal(_folder).FindAsync(Session, CancellationToken.None);
        Assert.NotNull(header);
        Assert.Equal((Session, LiveBench.Begin, StreamMode.Anaglyph, "Küche \"1\"", 1), (header.Id, header.CreatedAt, header.Mode, header.Title, header.ContractVersion));
        Assert.Equal(new TimelineOptions(5, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60)), header.Timeline);
        LiveRecord[] written =
        [
            new(LiveRecordKind.Accepted, LiveBench.Begin.AddTicks(7), 99_999) { Chunk = new AcceptedChunk(1 << 30, UInt128.MaxValue - 5, 4.966667) },
            new(LiveRecordKind.Made, LiveBench.Begin, 3) { Segment = LiveBench.Segment(4.8, "0af") },
            new(LiveRecordKind.Failed, LiveBench.Begin, 4) { Reason = "refused" },
            new(LiveRecordKind.Missed, LiveBench.Begin, 5),
            new(LiveRecordKind.Missed, LiveBench.Begin, 6) { Through = 900 },
            new(LiveRecordKind.Ended, LiveBench.Begin) { Reason = LiveTimeline.EndedIdle },
        ];
        foreach (var record in written) await journal.AppendAsync(Session, record, 0, CancellationToken.None);
        var read = await new FolderJournal(_folder).ReadAsync(Session, 0, CancellationToken.None);
        Assert.Equal(written.Select(r => r with { Segment = null }), read.Select(r => r with { Segment = null }));
        Assert.Equal(written[1].Segment!.Tracks, read[1].Segment!.Tracks);
        Assert.Equal(read.Skip(2).Select(r => r.Kind), (await journal.ReadAsync(Session, 2, CancellationToken.None)).Select(r => r.Kind));
    }

    [Fact]
    public async Task Line_ThatWasCut_IsTakenAwayBeforeTheNext()
    {
        var journal = await BegunAsync();
        await journal.AppendAsync(Session, new LiveRecord(LiveRecordKind.Missed, LiveBench.Begin, 1), 0, CancellationToken.None);
        var whole = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        for (var cut = 1; cut < 40; cut++)
        {
            await System.IO.File.WriteAllBytesAsync(File, [.. whole, .. whole[^cut..^1]], TestContext.Current.CancellationToken);
            Assert.Single(await journal.ReadAsync(Session, 0, CancellationToken.None));
            await journal.AppendAsync(Session, new LiveRecord(LiveRecordKind.Missed, LiveBench.Begin, 2), 1, CancellationToken.None);
            Assert.Equal([1, 2], (await journal.ReadAsync(Session, 0, CancellationToken.None)).Select(r => r.Index));
        }
    }

    [Fact]
    public async Task Session_OfAnotherContract_IsRefused()
    {
        await BegunAsync();
        var text = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllTextAsync(File, text.Replace("\"contract_version\":1", "\"contract_version\":2", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<NotSupportedException>(() => new FolderJournal(_folder).FindAsync(Session, CancellationToken.None));
    }

    /// <summary>A process that was lost while it created a session, and one that was lost while it deleted one.</summary>
    [Fact]
    public async Task Files_ThatALostProcessHasLeft_AreDeletedAtTheNextStart()
    {
        await BegunAsync();
        var folder = Path.GetDirectoryName(File)!;
        var whole = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllBytesAsync(Path.Combine(folder, "torn.jsonl"), whole[..^1], TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllBytesAsync(Path.Combine(folder, "empty.jsonl"), [], TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "deleted.closed"), "1", TestContext.Current.CancellationToken);
        Assert.Equal([(Session, (DateTimeOffset?)null)], await new FolderJournal(_folder).ListAsync(CancellationToken.None));
        Assert.Equal([File], Directory.GetFiles(folder));
    }

    [Fact]
    public async Task Session_OfAUsedName_IsRefusedAndTheFirstStays()
    {
        var journal = await BegunAsync();
        await Assert.ThrowsAsync<IOException>(BegunAsync);
        Assert.NotNull(await journal.FindAsync(Session, CancellationToken.None));
    }

    [Fact]
    public async Task Sessions_OfAFolder_AreListedWithTheirEnds()
    {
        var journal = await BegunAsync();
        Assert.Equal([(Session, (DateTimeOffset?)null)], await journal.ListAsync(CancellationToken.None));
        await journal.CloseAsync(Session, LiveBench.Begin, CancellationToken.None);
        Assert.Equal([(Session, LiveBench.Begin)], await journal.ListAsync(CancellationToken.None));
        await journal.DeleteAsync(Session, CancellationToken.None);
        Assert.Empty(await journal.ListAsync(CancellationToken.None));
        Assert.Null(await journal.FindAsync(Session, CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => journal.FindAsync("../x", CancellationToken.None));
    }

    /// <summary>Each sweep lists a week of sessions: the end of one is read once, and forgotten with its record.</summary>
    [Fact]
    public async Task End_OfASession_IsReadOnceAndForgottenWithItsRecord()
    {
        await (await BegunAsync()).CloseAsync(Session, LiveBench.Begin, CancellationToken.None);
        var journal = new FolderJournal(_folder);
        Assert.Equal([(Session, LiveBench.Begin)], await journal.ListAsync(CancellationToken.None));
        var mark = Path.ChangeExtension(File, ".closed");
        await System.IO.File.WriteAllTextAsync(mark, "1", TestContext.Current.CancellationToken);
        Assert.Equal([(Session, LiveBench.Begin)], await journal.ListAsync(CancellationToken.None));
        await journal.DeleteAsync(Session, CancellationToken.None);
        await BegunAsync();
        Assert.Equal([(Session, (DateTimeOffset?)null)], await journal.ListAsync(CancellationToken.None));
    }

    /// <summary>A process that was lost while it noted the end: the mark is empty, and is written again.</summary>
    [Fact]
    public async Task End_ThatWasNotWrittenWhole_IsReadWhenItIs()
    {
        var journal = await BegunAsync();
        await System.IO.File.WriteAllTextAsync(Path.ChangeExtension(File, ".closed"), "", TestContext.Current.CancellationToken);
        Assert.Equal([(Session, (DateTimeOffset?)null)], await journal.ListAsync(CancellationToken.None));
        await journal.CloseAsync(Session, LiveBench.Begin, CancellationToken.None);
        Assert.Equal([(Session, LiveBench.Begin)], await journal.ListAsync(CancellationToken.None));
    }

    private async Task<FolderJournal> BegunAsync()
    {
        var journal = new FolderJournal(_folder);
        await journal.CreateAsync(
            new LiveSessionHeader(Session, LiveBench.Begin) { Mode = StreamMode.Anaglyph, Title = "Küche \"1\"", Timeline = new TimelineOptions(5, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60)) },
            CancellationToken.None);
        return journal;
    }
}
