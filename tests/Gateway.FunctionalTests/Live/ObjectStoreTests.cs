using System.Security.Cryptography;
using Gateway.Live;
using Gateway.Live.Storage;

namespace Gateway.FunctionalTests.Live;

/// <summary>What both stores promise, the folder and an S3 server.</summary>
public sealed class ObjectStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task Folder_AsAStore_KeepsItsPromises() => KeepsPromisesAsync(new FolderStore(Path.Combine(_folder, "objects")));

    [Fact]
    public async Task Bucket_AsAStore_KeepsItsPromises()
    {
        await using var server = await S3Server.StartAsync();
        using var store = new S3Store(OptionsOf(server));
        await KeepsPromisesAsync(store);
    }

    /// <summary>Whether one writer wins is tried out, whole and in parts, and depends on the server alone: looking before writing is no help against one that comes in between.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task Bucket_OfAServerWithConditions_IsNeverWrittenTwice(bool conditionalPuts, bool conditionalParts)
    {
        await using var server = await BlindS3Server.StartAsync(conditionalPuts, conditionalParts);
        using var store = new S3Store(new LiveOptions { S3Bucket = "streams", S3Endpoint = server.Endpoint, S3AccessKey = "a", S3SecretKey = "b" });
        await store.CheckAsync(TestContext.Current.CancellationToken);
        Assert.Equal(conditionalPuts && conditionalParts, store.CreatesAtomically);
        foreach (var length in new[] { 1000, 9 << 20 })
        {
            var (first, second) = (Bytes(length), Bytes(length + 1));
            Assert.True(await store.CreateAsync($"{length}", await FileOfAsync(first), TestContext.Current.CancellationToken));
            var isMine = await store.CreateAsync($"{length}", await FileOfAsync(second), TestContext.Current.CancellationToken);
            Assert.Equal(!(length == 1000 ? conditionalPuts : conditionalParts), isMine);
            Assert.Equal(SHA256.HashData(isMine ? second : first), SHA256.HashData((await ReadAsync(store, $"{length}"))!));
        }

        Assert.Equal(0, server.OpenUploads);
    }

    /// <summary>Another request for the same object may have been its deletion: what is answered so is neither written nor there.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(9 << 20)]
    public async Task Write_ThatConflictsWithAnotherRequest_IsTriedAgainAndNotTakenForDone(int length)
    {
        await using var server = await BlindS3Server.StartAsync(conditionalPuts: true, conditionalParts: true);
        using var store = new S3Store(new LiveOptions { S3Bucket = "streams", S3Endpoint = server.Endpoint, S3AccessKey = "a", S3SecretKey = "b" });
        await store.CheckAsync(TestContext.Current.CancellationToken);
        var file = await FileOfAsync(Bytes(length));
        server.Conflicts = true;
        await Assert.ThrowsAsync<IOException>(() => store.CreateAsync("chunk", file, TestContext.Current.CancellationToken));
        server.Conflicts = false;
        Assert.True(await store.CreateAsync("chunk", file, TestContext.Current.CancellationToken));
        Assert.Equal(0, server.OpenUploads);
    }

    [Fact]
    public async Task Stream_InABucket_PlaysWithAllItsFrames()
    {
        var recorded = await RecordedChunks.OfAsync(6);
        await using var server = await S3Server.StartAsync();
        await using var host = await LiveHost.StartAsync(server.Knobs);
        var stream = await host.CreateAsync();
        for (var i = 0; i < recorded.Count; i++) await stream.SendAsync(i, recorded[i]);
        await stream.EndAsync();
        await stream.UntilEndAsync();
        Assert.Equal(0, stream.Judge.Gaps);
        Assert.Equal(recorded.Count * 50, await LivePlayTests.FramesAsync(host.Gateway.Url, stream.Playlist));
        Assert.Empty(Directory.GetFiles(Path.Combine(host.Folder, "uploads")));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(server.Objects, "stream_output", stream.Id)));
    }

    [Fact]
    public async Task Start_WithAStoreThatCannotBeUsed_IsRefusedWithItsKnob()
    {
        var refused = await Assert.ThrowsAsync<IOException>(() => new FolderStore("/proc/nowhere").CheckAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Gateway:Live:Folder", refused.Message, StringComparison.Ordinal);
        using var bucket = new S3Store(new LiveOptions { S3Bucket = "none", S3Endpoint = $"http://127.0.0.1:{LiveHost.FreePort()}", S3AccessKey = "a", S3SecretKey = "b" });
        Assert.Contains("Gateway:Live:S3Bucket", (await Assert.ThrowsAsync<IOException>(() => bucket.CheckAsync(TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    private async Task KeepsPromisesAsync(IObjectStore store)
    {
        var stop = TestContext.Current.CancellationToken;
        await store.CheckAsync(stop);
        const string Key = "stream_input/abc/chunk_00001.mp4";
        Assert.Null(await store.OpenAsync(Key, stop));
        var (small, other, large) = (Bytes(1000), Bytes(2000), Bytes((20 << 20) + 17));
        Assert.True(await store.CreateAsync(Key, await FileOfAsync(small), stop));
        Assert.False(await store.CreateAsync(Key, await FileOfAsync(other), stop));
        Assert.Equal(small, await ReadAsync(store, Key));
        const string Large = "stream_output/abc/seg_00001.mp4";
        Assert.True(await store.CreateAsync(Large, await FileOfAsync(large), stop));
        Assert.Equal(SHA256.HashData(large), SHA256.HashData((await ReadAsync(store, Large))!));
        Assert.False(await store.CreateAsync(Large, await FileOfAsync(other), stop));
        await store.CreateAsync("stream_input/abd/chunk_00001.mp4", await FileOfAsync(small), stop);
        await store.CreateAsync("stream_input/abd/chunk_00001_0f.mp4", await FileOfAsync(other), stop);
        await store.CreateAsync("stream_input/abd/chunk_00002.mp4", await FileOfAsync(other), stop);
        Assert.Equal(small.Length + (2 * other.Length) + small.Length, await store.MeasureAsync("stream_input/", stop));
        await store.DeleteAsync("stream_input/abc/", stop);
        await store.DeleteAsync("stream_input/abc/", stop);
        Assert.Null(await ReadAsync(store, Key));
        Assert.Equal(small, await ReadAsync(store, "stream_input/abd/chunk_00001.mp4"));
        await store.DeleteAsync("stream_input/abd/chunk_00001", stop);
        Assert.Null(await ReadAsync(store, "stream_input/abd/chunk_00001.mp4"));
        Assert.Equal(other.Length, await store.MeasureAsync("stream_input/", stop));
        Assert.Equal(other, await ReadAsync(store, "stream_input/abd/chunk_00002.mp4"));
        await store.DeleteAsync(Large, stop);
        await store.DeleteAsync(Large, stop);
        Assert.Null(await ReadAsync(store, Large));
    }

    private static LiveOptions OptionsOf(S3Server server) => new() { S3Bucket = "streams", S3Endpoint = server.Endpoint, S3AccessKey = "S3RVER", S3SecretKey = "S3RVER", S3Prefix = "gateway/" };

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private async Task<string> FileOfAsync(byte[] bytes)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        return path;
    }

    private static async Task<byte[]?> ReadAsync(IObjectStore store, string key)
    {
        await using var held = await store.OpenAsync(key, TestContext.Current.CancellationToken);
        if (held is null) return null;
        using var all = new MemoryStream();
        await held.Content.CopyToAsync(all, TestContext.Current.CancellationToken);
        Assert.Equal(held.Length, all.Length);
        return all.ToArray();
    }
}
