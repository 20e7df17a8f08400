using Gateway.Live.Storage;
using Gateway.Live.Timeline;
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
        Assert.Equal(1300, node.Store.Bytes);
        await WriteAsync("new", 50);
        await node.Store.CreateAsync("stream_output/other/seg_00000.mp4", Path.Combine(_folder, "new"), TestContext.Current.CancellationToken);
        Assert.Equal(1350, node.Store.Bytes);
        await node.BeginAsync("ended", new LiveRecord(LiveRecordKind.Ended, LiveBench.Begin) { Reason = LiveTimeline.EndedByUploader });
        await node.Sweep.TakeTurnAsync(looksAround: true, TestContext.Current.CancellationToken);
        Assert.Equal(350, node.Store.Bytes);
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
}
