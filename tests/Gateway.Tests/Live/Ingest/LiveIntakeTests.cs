using Gateway.Live;
using Gateway.Live.Ingest;
using Gateway.Live.Journal;
using Gateway.Live.Sessions;
using Gateway.Live.Timeline;
using Gateway.Testing;
using Gateway.Tests.Live.Journal;
using Gateway.Tests.Live.Life;
using Gateway.Tests.Live.Timeline;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Live.Ingest;

/// <summary>Chunks and segments that must not be taken, though they look good when they arrive.</summary>
public sealed partial class LiveIntakeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intake-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Chunk_BehindAnotherNodesInTheJournal_IsAConflict()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero, new JournalOfTwo(new FolderJournal(_folder)));
        var session = await node.BeginAsync("shared");
        var (verdict, _) = await node.Chunks.TakeAsync(session, 0, await RecordAsync(2), [], TestContext.Current.CancellationToken);
        Assert.Equal(ChunkVerdict.Conflict, verdict);
    }

    [Theory]
    [InlineData(2, 204)]
    [InlineData(7, 422)]
    public async Task Segment_ThatOutlastsTheTarget_IsNotListed(int seconds, int status)
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        Directory.CreateDirectory(node.Uploads.Folder);
        var session = await node.BeginAsync("lies", LiveNode.Accepted(0));
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(await File.ReadAllBytesAsync(await RecordAsync(seconds), TestContext.Current.CancellationToken));
        await node.Segments.TakeSegmentAsync(context, session, 0);
        Assert.Equal(status, context.Response.StatusCode);
        Assert.Equal(status == 204 ? 1 : 0, session.Look(t => t.Entries.Count));
    }

    [Fact]
    public async Task Uploads_ThatBrokeOff_AreKeptUpToABound()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        Directory.CreateDirectory(node.Uploads.Folder);
        for (var i = 0; i < 20; i++)
        {
            var path = node.Uploads.PathOf("broken", i);
            await File.WriteAllTextAsync(path, "begun", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddHours(i));
        }

        await File.WriteAllTextAsync(node.Uploads.PathOf("other", 0), "begun", TestContext.Current.CancellationToken);
        using (await node.Uploads.TakeAsync("broken", 1, TestContext.Current.CancellationToken)) node.Uploads.Trim("broken");
        Assert.Equal([1, .. Enumerable.Range(4, 16)], Enumerable.Range(0, 20).Where(i => node.Uploads.LengthOf("broken", i) > 0));
        Assert.Equal(5, node.Uploads.LengthOf("other", 0));
    }

    /// <summary>Its age is what this gateway has seen of it: a file that is new may be dated long ago by the clock of a file server, and is being written.</summary>
    [Fact]
    public async Task Uploads_ThatNobodyGoesOnWith_AreDeletedAfterATimeOfTheirOwn()
    {
        var clock = new ManualTimeProvider();
        var uploads = new PartialUploads(new FolderJournal(_folder), new LiveOptions { Folder = _folder }, clock);
        Directory.CreateDirectory(uploads.Folder);
        foreach (var index in new[] { 0, 1 })
        {
            await File.WriteAllTextAsync(uploads.PathOf("session", index), "begun", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(uploads.PathOf("session", index), DateTime.UnixEpoch);
        }

        uploads.DeleteUnchanged(TimeSpan.FromHours(1));
        clock.Advance(TimeSpan.FromMinutes(50));
        await File.AppendAllTextAsync(uploads.PathOf("session", 1), "more", TestContext.Current.CancellationToken);
        uploads.DeleteUnchanged(TimeSpan.FromHours(1));
        Assert.Equal((5, 9), (uploads.LengthOf("session", 0), uploads.LengthOf("session", 1)));
        clock.Advance(TimeSpan.FromMinutes(10));
        uploads.DeleteUnchanged(TimeSpan.FromHours(1));
        Assert.Equal((0, 9), (uploads.LengthOf("session", 0), uploads.LengthOf("session", 1)));
        clock.Advance(TimeSpan.FromMinutes(50));
        uploads.DeleteUnchanged(TimeSpan.FromHours(1));
        Assert.Equal(0, uploads.LengthOf("session", 1));
    }

    /// <summary>A request that goes on with an upload may have written nothing yet when its time is over.</summary>
    [Fact]
    public async Task Upload_ThatARequestHolds_IsNotDeletedForItsAge()
    {
        var clock = new ManualTimeProvider();
        var uploads = new PartialUploads(new FolderJournal(_folder), new LiveOptions { Folder = _folder }, clock);
        Directory.CreateDirectory(uploads.Folder);
        await File.WriteAllTextAsync(uploads.PathOf("session", 3), "begun", TestContext.Current.CancellationToken);
        uploads.DeleteUnchanged(TimeSpan.FromHours(1));
        clock.Advance(TimeSpan.FromHours(1));
        using (await uploads.TakeAsync("session", 3, TestContext.Current.CancellationToken)) uploads.DeleteUnchanged(TimeSpan.FromHours(1));
        Assert.Equal(5, uploads.LengthOf("session", 3));
        clock.Advance(TimeSpan.FromHours(1));
        uploads.DeleteUnchanged(TimeSpan.FromHours(1));
        Assert.Equal(0, uploads.LengthOf("session", 3));
    }

    /// <summary>A folder that several gateways mount: each run has its own files, or two uploads of one chunk would be mixed. One that has the folder for itself finds them again after a restart.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Uploads_OfTwoRuns_ShareFilesOnlyWhereTheFolderIsOneGateways(bool isShared)
    {
        ILiveJournal journal = isShared ? new SharedFolderJournal(_folder) : new FolderJournal(_folder);
        using LiveNode one = new(_folder, TimeSpan.Zero, journal), two = new(_folder, TimeSpan.Zero, journal);
        Assert.Equal(isShared, one.Uploads.PathOf("session", 7) != two.Uploads.PathOf("session", 7));
    }

    [Fact]
    public void Uploads_OfOneSession_HaveABoundOfTheirOwn()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        for (var i = 0; i < node.Options.UploadsPerSession; i++) Assert.True(node.Uploads.TryEnter("busy"));
        Assert.False(node.Uploads.TryEnter("busy"));
        Assert.True(node.Uploads.TryEnter("other"));
        node.Uploads.Leave("busy");
        Assert.True(node.Uploads.TryEnter("busy"));
        Assert.False(node.Uploads.TryEnter("busy"));
    }

    /// <summary>Each index in between becomes a gap: a record that is flushed, an entry in memory and a line of the playlist for each.</summary>
    [Theory]
    [InlineData(12, 422)]
    [InlineData(13, 400)]
    [InlineData(99_999, 400)]
    public async Task Chunk_FarAheadOfThePlaylist_IsRefused(int index, int status)
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        node.Options.MaxAhead = 10;
        Directory.CreateDirectory(node.Uploads.Folder);
        // The two that are listed are gaps as well.
        var session = await node.BeginAsync("ahead", new LiveRecord(LiveRecordKind.Missed, LiveBench.Begin, 0), new LiveRecord(LiveRecordKind.Missed, LiveBench.Begin, 1));
        Assert.Equal(status, await SendAsync(node, session, index, 100, 100));
    }

    /// <summary>No chunk is so long: that is its sender's mistake, whether the request tells its length or not, and no want of room for which it should come again.</summary>
    [Theory]
    [InlineData(40_000_000_000, null)]
    [InlineData(long.MaxValue, null)]
    [InlineData(long.MaxValue, 1L)]
    [InlineData(1L, long.MaxValue)]
    [InlineData(null, long.MaxValue)]
    public async Task Chunk_ThatWouldBeLongerThanAnyMay_IsTooLarge(long? offset, long? length)
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        Directory.CreateDirectory(node.Uploads.Folder);
        var session = await node.BeginAsync("large", LiveNode.Accepted(0));
        var context = new DefaultHttpContext();
        context.Request.ContentLength = length;
        if (offset is not null) context.Request.Headers[ChunkIntake.OffsetField] = $"{offset}";
        await node.Intake.TakeAsync(context, session, 1);
        Assert.Equal(StatusCodes.Status413PayloadTooLarge, context.Response.StatusCode);
        Assert.Equal((0, 0), (node.Uploads.Bytes, node.Uploads.LengthOf("large", 1)));
    }

    /// <summary>Whoever creates session after session and breaks its uploads off must not fill the disk.</summary>
    private static async Task<int> SendAsync(LiveNode node, LiveSession session, int index, byte[] chunk)
    {
        var context = new DefaultHttpContext();
        context.Request.ContentLength = chunk.Length;
        context.Request.Body = new MemoryStream(chunk);
        await node.Intake.TakeAsync(context, session, index);
        return context.Response.StatusCode;
    }

    /// <returns>The status, and how much of the body was read.</returns>
    private static async Task<(int Status, int Read)> SendAsync(LiveNode node, LiveSession session, int index, FillingBody body)
    {
        var context = new DefaultHttpContext();
        context.Request.ContentLength = body.Length;
        context.Request.Body = body;
        await node.Intake.TakeAsync(context, session, index);
        return (context.Response.StatusCode, (int)body.Position);
    }

    /// <summary>Sends a chunk that is no media; one that announces more than it sends breaks off.</summary>
    private static async Task<int> SendAsync(LiveNode node, LiveSession session, int index, int? announced, int sent, int? offset = null)
    {
        var context = new DefaultHttpContext();
        context.Request.ContentLength = announced;
        if (offset is not null) context.Request.Headers[ChunkIntake.OffsetField] = $"{offset}";
        context.Request.Body = announced > sent ? new BrokenBody(sent) : new MemoryStream(new byte[sent]);
        await node.Intake.TakeAsync(context, session, index);
        return context.Response.StatusCode;
    }

    private async Task<string> RecordAsync(int seconds)
    {
        var path = Path.Combine(_folder, $"{seconds}.mp4");
        await Ffmpeg.RunAsync(["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-t", $"{seconds}", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+frag_keyframe+empty_moov+default_base_moof", path]);
        return path;
    }

    /// <summary>A body that takes space of the volume as it comes.</summary>
    private sealed class FillingBody(byte[] chunk, LiveNode node) : MemoryStream(chunk)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            node.Free -= read;
            return read;
        }
    }

    /// <summary>A body of which nothing more comes for a time after its first bytes.</summary>
    private sealed class StandingBody(byte[] first) : MemoryStream(first)
    {
        private readonly TaskCompletionSource _stands = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stands => _stands.Task;

        public void End() => _ended.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < Length) return await base.ReadAsync(buffer, cancellationToken);
            _stands.TrySetResult();
            await _ended.Task;
            return 0;
        }
    }

    /// <summary>A body whose connection is lost after some bytes.</summary>
    private sealed class BrokenBody(int bytes) : MemoryStream(new byte[bytes])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The connection is lost.");
    }

    /// <summary>A journal to which another node appends just before this one does.</summary>
    private sealed class JournalOfTwo(ILiveJournal journal) : ILiveJournal
    {
        public bool IsShared => false;

        public Task CreateAsync(LiveSessionHeader header, CancellationToken stopping) => journal.CreateAsync(header, stopping);

        public Task<LiveSessionHeader?> FindAsync(string session, CancellationToken stopping) => journal.FindAsync(session, stopping);

        public Task<IReadOnlyList<LiveRecord>> ReadAsync(string session, int after, CancellationToken stopping) => journal.ReadAsync(session, after, stopping);

        public async Task<IReadOnlyList<LiveRecord>> AppendAsync(string session, LiveRecord record, int after, CancellationToken stopping) =>
            [.. await journal.AppendAsync(session, LiveNode.Accepted(record.Index), after, stopping), .. await journal.AppendAsync(session, record, after + 1, stopping)];

        public Task<IReadOnlyList<(string Session, DateTimeOffset? ClosedAt)>> ListAsync(CancellationToken stopping) => journal.ListAsync(stopping);

        public Task CloseAsync(string session, DateTimeOffset at, CancellationToken stopping) => journal.CloseAsync(session, at, stopping);

        public Task DeleteAsync(string session, CancellationToken stopping) => journal.DeleteAsync(session, stopping);

        public Task<bool> TryClaimAsync(string session, int index, TimeSpan lease, CancellationToken stopping) => journal.TryClaimAsync(session, index, lease, stopping);
    }
}
