using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateway.Live.Containers;
using Gateway.Live.Keys;
using Gateway.Live.Sessions;
using Gateway.Live.Storage;
using Gateway.Live.Timeline;

namespace Gateway.Live.Ingest;

/// <summary>
/// Makes a received file a chunk: (1) its digest; (2) whether there is one under the index already: the same is confirmed again, and another is refused, since the first stands; (3) whether it is media, and how long;
/// (4) it goes to the store; (5) it goes into the journal. Only then is it confirmed, and nothing that was confirmed is ever replaced.
/// </summary>
/// <remarks>
/// Writers of several nodes may be at it for one index, each as slow as it likes: no write replaces an object, and the first record in the journal decides. Whoever finds other bytes under the chunk's key, which a lost or a
/// slower writer has left there, puts its own beside them under a key that tells their digest, and the record says so.
/// </remarks>
internal sealed class ChunkStore(IObjectStore store, TimeProvider time)
{
    private const int BlockBytes = 64 << 10;

    /// <exception cref="IOException">Store or journal are away: nothing was confirmed, and the same can be tried again.</exception>
    public async Task<(ChunkVerdict Verdict, AcceptedChunk Chunk)> TakeAsync(LiveSession session, int index, string path, byte[] expected, CancellationToken stopping)
    {
        // 1
        byte[] digest;
        long length;
        await using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BlockBytes, useAsync: true)) (digest, length) = (await SHA256.HashDataAsync(file, stopping), file.Length);
        if (expected.Length > 0 && !expected.AsSpan().SequenceEqual(digest)) return (ChunkVerdict.WrongDigest, default);
        var chunk = new AcceptedChunk(length, BinaryPrimitives.ReadUInt128BigEndian(digest), 0);

        // 2
        await session.RefreshAsync();
        if (session.Look(t => t.ChunkAt(index)) is { } known) return (known.IsSame(chunk) ? ChunkVerdict.Repeated : ChunkVerdict.Conflict, known);
        if (session.Look(t => t.IsForgotten(index))) return (ChunkVerdict.Conflict, default);

        // 3
        double? seconds;
        using (var file = File.OpenHandle(path)) seconds = ContainerProbe.Seconds(file);
        if (seconds is null) return (ChunkVerdict.NotMedia, default);
        if (seconds > session.Header.Timeline.LongestChunk) return (ChunkVerdict.TooLong, default);
        chunk = chunk with { Seconds = seconds.Value };

        // 4
        var key = StreamChunkKey.InputOf(session.Id, index);
        if (!store.CreatesAtomically || (!await store.CreateAsync(key, path, stopping) && !await HoldsAsync(key, digest, stopping)))
        {
            chunk = chunk with { IsAside = true };
            await store.CreateAsync(StreamChunkKey.AsideOf(session.Id, index, chunk.Digest), path, stopping);
        }

        // 5
        var isNew = await session.AppendAsync(new LiveRecord(LiveRecordKind.Accepted, time.GetUtcNow(), index) { Chunk = chunk }, t => t.ChunkAt(index) is null);
        // Appended is not yet accepted: another node's chunk may stand before it in the journal.
        if (session.Look(t => t.ChunkAt(index)) is not { } first || !first.IsSame(chunk)) return (ChunkVerdict.Conflict, chunk);
        if (!isNew) return (ChunkVerdict.Repeated, chunk);
        return (session.Look(t => t.IsUnsettled(index) || t.EntryAt(index) is { IsGap: false }) ? ChunkVerdict.Accepted : ChunkVerdict.Late, chunk);
    }

    /// <summary>Whether the bytes under a key are those of a digest: an upload whose journal was away, or whose process was lost, has left them there.</summary>
    private async Task<bool> HoldsAsync(string key, byte[] digest, CancellationToken stopping)
    {
        await using var there = await store.OpenAsync(key, stopping);
        if (there is null) return false;
        var other = await SHA256.HashDataAsync(there.Content, stopping);
        return digest.AsSpan().SequenceEqual(other);
    }
}
