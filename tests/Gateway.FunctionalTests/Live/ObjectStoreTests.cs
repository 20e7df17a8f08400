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
        Assert.True(await store.WriteAsync(Key, await FileOfAsync(small), replaces: false, stop));
        Assert.False(await store.WriteAsync(Key, await FileOfAsync(other), replaces: false, stop));
        Assert.Equal(small, await ReadAsync(store, Key));
        Assert.True(await store.WriteAsync(Key, await FileOfAsync(other), replaces: true, stop));
        Assert.Equal(other, await ReadAsync(store, Key));
        const string Large = "stream_output/abc/seg_00001.mp4";
        Assert.True(await store.WriteAsync(Large, await FileOfAsync(large), replaces: false, stop));
        Assert.Equal(SHA256.HashData(large), SHA256.HashData((await ReadAsync(store, Large))!));
        await store.WriteAsync("stream_input/abd/chunk_00001.mp4", await FileOfAsync(small), replaces: false, stop);
        await store.DeleteAsync("stream_input/abc/", stop);
        await store.DeleteAsync("stream_input/abc/", stop);
        Assert.Null(await ReadAsync(store, Key));
        Assert.Equal(small, await ReadAsync(store, "stream_input/abd/chunk_00001.mp4"));
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
