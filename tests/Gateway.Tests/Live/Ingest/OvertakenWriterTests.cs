using Gateway.Live.Ingest;
using Gateway.Live.Keys;
using Gateway.Live.Sessions;
using Gateway.Live.Storage;
using Gateway.Testing;
using Gateway.Tests.Live.Journal;
using Gateway.Tests.Live.Life;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Live.Ingest;

/// <summary>A writer whose node was held up so long that another one has taken a chunk under the same index meanwhile.</summary>
public sealed class OvertakenWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("overtaken-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Writer_OvertakenByAnother_LeavesItsConfirmedBytes(bool isAtomic, bool isSame)
    {
        var slow = new SlowStore(new FolderStore(_folder), _folder, isAtomic);
        var journal = new SharedFolderJournal(_folder);
        using var one = new LiveNode(_folder, TimeSpan.Zero, journal, slow);
        using var two = new LiveNode(_folder, TimeSpan.Zero, journal, new SlowStore(new FolderStore(_folder), _folder, isAtomic, isSlow: false));
        var session = await one.BeginAsync("overtaken");
        var (mine, theirs) = (await RecordAsync("1", 1), isSame ? await RecordAsync("1b", 1) : await RecordAsync("2", 2));
        var late = one.Chunks.TakeAsync(session, 0, mine, [], TestContext.Current.CancellationToken);
        await slow.IsHeldUp;
        var found = await two.Sessions.FindAsync("overtaken");
        Assert.Equal(ChunkVerdict.Accepted, (await two.Chunks.TakeAsync(found!, 0, theirs, [], TestContext.Current.CancellationToken)).Verdict);
        slow.GoOn();
        Assert.Equal(isSame, (await late).Verdict != ChunkVerdict.Conflict);
        var confirmed = await File.ReadAllBytesAsync(theirs, TestContext.Current.CancellationToken);
        Assert.Equal(confirmed, await SentAsync(one, session));
        Assert.Equal(confirmed, await SentAsync(two, found!));
    }

    [Fact]
    public async Task Bytes_OfALostWriter_AreInNobodysWay()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        var session = await node.BeginAsync("lost");
        var (left, chunk) = (await RecordAsync("2", 2), await RecordAsync("1", 1));
        Assert.True(await node.Store.CreateAsync(StreamChunkKey.InputOf("lost", 0), left, TestContext.Current.CancellationToken));
        Assert.Equal(ChunkVerdict.Accepted, (await node.Chunks.TakeAsync(session, 0, chunk, [], TestContext.Current.CancellationToken)).Verdict);
        using var later = new LiveNode(_folder, TimeSpan.FromSeconds(1));
        var found = await later.Sessions.FindAsync("lost");
        Assert.Equal(await File.ReadAllBytesAsync(chunk, TestContext.Current.CancellationToken), await SentAsync(later, found!));
        Assert.Equal(ChunkVerdict.Repeated, (await later.Chunks.TakeAsync(found!, 0, chunk, [], TestContext.Current.CancellationToken)).Verdict);
        await later.Store.DeleteAsync(StreamChunkKey.InputPrefixOf("lost", 0), TestContext.Current.CancellationToken);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "stream_input", "lost")));
    }

    /// <summary>What the transcoder is given.</summary>
    private static async Task<byte[]> SentAsync(LiveNode node, LiveSession session)
    {
        var body = new MemoryStream();
        await node.Segments.SendChunkAsync(new DefaultHttpContext { Response = { Body = body } }, session, 0);
        return body.ToArray();
    }

    private async Task<string> RecordAsync(string name, int seconds)
    {
        var path = Path.Combine(_folder, $"{name}.mp4");
        await Ffmpeg.RunAsync(["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-t", $"{seconds}", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-fflags", "+bitexact", path]);
        return path;
    }

    /// <summary>A store that is held up once, between looking and writing; one that is not atomic replaces then what has come meanwhile.</summary>
    private sealed class SlowStore(IObjectStore store, string folder, bool isAtomic, bool isSlow = true) : IObjectStore
    {
        private readonly TaskCompletionSource _heldUp = new(), _goesOn = new();
        private bool _wasSlow = !isSlow;

        public bool CreatesAtomically => isAtomic;

        public Task IsHeldUp => _heldUp.Task;

        public void GoOn() => _goesOn.SetResult();

        public async Task<bool> CreateAsync(string key, string file, CancellationToken stopping)
        {
            var path = Path.Combine(folder, key);
            var isThere = File.Exists(path);
            if (!_wasSlow)
            {
                _wasSlow = true;
                _heldUp.SetResult();
                await _goesOn.Task;
            }

            if (isAtomic) return await store.CreateAsync(key, file, stopping);
            if (isThere) return false;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path, overwrite: true);
            return true;
        }

        public Task<StoredObject?> OpenAsync(string key, CancellationToken stopping) => store.OpenAsync(key, stopping);

        public Task DeleteAsync(string prefix, CancellationToken stopping) => store.DeleteAsync(prefix, stopping);

        public Task<long> MeasureAsync(string prefix, CancellationToken stopping) => store.MeasureAsync(prefix, stopping);

        public Task CheckAsync(CancellationToken stopping) => store.CheckAsync(stopping);
    }
}
