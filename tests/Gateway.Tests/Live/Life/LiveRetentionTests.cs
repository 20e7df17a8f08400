using Gateway.Live.Storage;
using Gateway.Live.Timeline;
using Gateway.Tests.Live.Timeline;

namespace Gateway.Tests.Live.Life;

public sealed class LiveRetentionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retention-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Chunks_WhoseStoreWasAway_AreDeletedNextTime()
    {
        var store = new StoreThatWasAway(new FolderStore(_folder));
        using var node = new LiveNode(_folder, TimeSpan.FromHours(2), store: store);
        await node.BeginAsync("ended", new LiveRecord(LiveRecordKind.Ended, LiveBench.Begin) { Reason = LiveTimeline.EndedByUploader });
        await Assert.ThrowsAsync<IOException>(() => node.Retention.DeleteAsync(TestContext.Current.CancellationToken));
        await node.Retention.DeleteAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["stream_input/ended/"], store.Deleted);
    }

    /// <summary>Its first deletion fails.</summary>
    private sealed class StoreThatWasAway(IObjectStore store) : IObjectStore
    {
        private bool _isBack;

        public List<string> Deleted { get; } = [];

        public Task<bool> WriteAsync(string key, string file, bool replaces, CancellationToken stopping) => store.WriteAsync(key, file, replaces, stopping);

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
