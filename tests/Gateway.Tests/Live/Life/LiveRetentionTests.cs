using Gateway.Live.Storage;
using Gateway.Live.Timeline;
using Gateway.Tests.Live.Journal;
using Gateway.Tests.Live.Timeline;

namespace Gateway.Tests.Live.Life;

public sealed class LiveRetentionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retention-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Chunks_WhoseStoreWasAway_AreDeletedNextTimeAndTheOthersAtOnce()
    {
        var store = new StoreThatWasAway(new FolderStore(_folder));
        using var node = new LiveNode(_folder, TimeSpan.FromHours(2), store: store);
        foreach (var id in new[] { "one", "two", "three" }) await node.BeginAsync(id, new LiveRecord(LiveRecordKind.Ended, LiveBench.Begin) { Reason = LiveTimeline.EndedByUploader });
        await node.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        Assert.Equal(2, store.Deleted.Count);
        await node.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        Assert.Equal(["stream_input/one/", "stream_input/three/", "stream_input/two/"], store.Deleted.Order(StringComparer.Ordinal));
    }

    /// <summary>What lies in the store is measured, whoever wrote it, and again as soon as much was deleted.</summary>
    [Fact]
    public async Task Bytes_OfTheStore_AreMeasuredAtOnceAndAfterDeletions()
    {
        using var node = new LiveNode(_folder, TimeSpan.FromHours(2));
        await WriteAsync("stream_input/ended/chunk_00000.mp4", 1000);
        await WriteAsync("stream_output/ended/seg_00000.mp4", 300);
        await node.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        await node.Sweep.Measuring;
        Assert.Equal(1300, node.Store.Bytes);
        await WriteAsync("new", 50);
        await node.Store.CreateAsync("stream_output/other/seg_00000.mp4", Path.Combine(_folder, "new"), TestContext.Current.CancellationToken);
        Assert.Equal(1350, node.Store.Bytes);
        await node.BeginAsync("ended", new LiveRecord(LiveRecordKind.Ended, LiveBench.Begin) { Reason = LiveTimeline.EndedByUploader });
        await node.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        await node.Sweep.Measuring;
        Assert.Equal(350, node.Store.Bytes);
    }

    /// <summary>Of several nodes one deletes the record; the others have the session in memory, having deleted its segments.</summary>
    [Fact]
    public async Task Session_WhoseRecordAnotherNodeDeleted_IsHeldByNobody()
    {
        var journal = new SharedFolderJournal(_folder);
        using var first = new LiveNode(_folder, TimeSpan.FromDays(8), journal);
        using var second = new LiveNode(_folder, TimeSpan.FromDays(2), journal);
        await second.BeginAsync("ended", new LiveRecord(LiveRecordKind.Ended, LiveBench.Begin) { Reason = LiveTimeline.EndedByUploader });
        await second.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        Assert.NotNull(await second.Sessions.FindAsync("ended"));
        await first.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        Assert.Empty(await journal.ListAsync(TestContext.Current.CancellationToken));
        await second.BeginAsync("new");
        await second.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        Assert.Equal(["new"], second.Sessions.Loaded().Select(s => s.Id));
        Assert.Empty(first.Sessions.Loaded());
    }

    /// <summary>A large bucket is listed for minutes; gaps and ends of sessions are due each second.</summary>
    /// <summary>A service of many recordings keeps a week of them: their records lie on the disk, and no list of them in memory.</summary>
    [Fact]
    public async Task Session_WhoseSegmentsAreDeleted_IsKnownAndNotHeld()
    {
        var store = new StoreThatWasAway(new FolderStore(_folder));
        using var node = new LiveNode(_folder, TimeSpan.FromDays(2), store: store);
        await node.BeginAsync("ended", new LiveRecord(LiveRecordKind.Ended, LiveBench.Begin) { Reason = LiveTimeline.EndedByUploader });
        for (var turn = 0; turn < 3; turn++) await node.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        Assert.Empty(node.Sessions.Loaded());
        Assert.True(node.Sessions.IsPurged("ended"));
        Assert.Single(store.Deleted, "stream_output/ended/");
    }

    [Fact]
    public async Task Measuring_ThatTakesLong_HoldsUpNoSweep()
    {
        var store = new SlowlyMeasuredStore(new FolderStore(_folder));
        using var node = new LiveNode(_folder, TimeSpan.FromHours(2), store: store);
        await node.BeginAsync("idle");
        await node.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(1, store.Begun);
        await WriteAsync("stream_input/idle/chunk_00000.mp4", 700);
        // One at a time, however often it is due.
        await node.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        Assert.Equal(1, store.Begun);
        store.GoOn();
        await node.Sweep.Measuring;
        Assert.Equal(700, node.Store.Bytes);
    }

    private async Task WriteAsync(string name, int bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, new byte[bytes], TestContext.Current.CancellationToken);
    }

    /// <summary>Its first deletion fails.</summary>
    private sealed class StoreThatWasAway(IObjectStore store) : IObjectStore
    {
        private bool _isBack;

        public List<string> Deleted { get; } = [];

        public bool CreatesAtomically => store.CreatesAtomically;

        public Task<bool> CreateAsync(string key, string file, CancellationToken stopping) => store.CreateAsync(key, file, stopping);

        public Task<long> MeasureAsync(string prefix, CancellationToken stopping) => store.MeasureAsync(prefix, stopping);

        public Task<StoredObject?> OpenAsync(string key, CancellationToken stopping) => store.OpenAsync(key, stopping);

        public Task CheckAsync(CancellationToken stopping) => store.CheckAsync(stopping);

        public Task DeleteAsync(string prefix, CancellationToken stopping)
        {
            if (!_isBack)
            {
                _isBack = true;
                throw new IOException("The object store is away.");
            }

            Deleted.Add(prefix);
            return store.DeleteAsync(prefix, stopping);
        }
    }

    /// <summary>Measures when it is told to.</summary>
    private sealed class SlowlyMeasuredStore(IObjectStore store) : IObjectStore
    {
        private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Begun { get; private set; }

        public bool CreatesAtomically => store.CreatesAtomically;

        public void GoOn() => _goesOn.SetResult();

        public async Task<long> MeasureAsync(string prefix, CancellationToken stopping)
        {
            if (!_goesOn.Task.IsCompleted) Begun++;
            await _goesOn.Task;
            return await store.MeasureAsync(prefix, stopping);
        }

        public Task<bool> CreateAsync(string key, string file, CancellationToken stopping) => store.CreateAsync(key, file, stopping);

        public Task<StoredObject?> OpenAsync(string key, CancellationToken stopping) => store.OpenAsync(key, stopping);

        public Task CheckAsync(CancellationToken stopping) => store.CheckAsync(stopping);

        public Task DeleteAsync(string prefix, CancellationToken stopping) => store.DeleteAsync(prefix, stopping);
    }
}
