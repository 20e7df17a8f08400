using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateway.Live.Containers;
using Gateway.Live.Journal;
using Gateway.Live.Keys;
using Gateway.Live.Sessions;
using Gateway.Live.Storage;
using Gateway.Live.Timeline;

namespace Gateway.Live.Ingest;

/// <summary>
/// Makes a received file a chunk: (1) its digest; (2) whether there is one under the index already: the same is confirmed again, and another is refused, since the first stands; (3) whether it is media, and how long;
/// (4) it goes to the store; (5) it goes into the journal. Only then is it confirmed, and nothing that was confirmed is ever replaced.
/// </summary>
internal sealed class ChunkStore(IObjectStore store, ILiveJournal journal, LiveOptions options, TimeProvider time)
{
    private const int BlockBytes = 64 << 10;

    /// <exception cref="IOException">Store or journal are away: nothing was confirmed, and the same can be tried again.</exception>
    public async Task<(ChunkVerdict Verdict, AcceptedChunk Chunk)> TakeAsync(LiveSession session, int index, string path, byte[] expected, CancellationToken stopping)
    {
        // 1
        var (digest, length) = await DigestAsync(path, stopping);
        if (expected.Length > 0 && !expected.AsSpan().SequenceEqual(digest)) return (ChunkVerdict.WrongDigest, default);
        var half = BinaryPrimitives.ReadUInt128BigEndian(digest);

        // 2
        await session.RefreshAsync();
        if (session.Look(t => t.ChunkAt(index)) is { } known) return (known.Digest == half && known.Length == length ? ChunkVerdict.Repeated : ChunkVerdict.Conflict, known);
        if (session.Look(t => t.IsForgotten(index))) return (ChunkVerdict.Conflict, default);

        // 3
        double? seconds;
        using (var file = File.OpenHandle(path)) seconds = ContainerProbe.Seconds(file);
        if (seconds is null) return (ChunkVerdict.NotMedia, default);
        if (seconds > session.Header.Timeline.LongestChunk) return (ChunkVerdict.TooLong, default);

        // 4. While one node has the claim, no other writes the object; what a lost process left there was never confirmed.
        if (!await journal.TryClaimAsync(session.Id, index, options.CallTimeout, stopping)) return (ChunkVerdict.Busy, default);
        await store.WriteAsync(StreamChunkKey.InputOf(session.Id, index), path, replaces: true, stopping);

        // 5
        var chunk = new AcceptedChunk(length, half, seconds.Value);
        var isNew = await session.AppendAsync(new LiveRecord(LiveRecordKind.Accepted, time.GetUtcNow(), index) { Chunk = chunk }, t => t.ChunkAt(index) is null);
        // Appended is not yet accepted: where a claim ran out, another node's chunk may stand before it in the journal.
        var isKnown = session.Look(t => t.ChunkAt(index)) == chunk;
        if (!isNew || !isKnown) return (isKnown ? ChunkVerdict.Repeated : ChunkVerdict.Conflict, chunk);
        return (session.Look(t => t.IsUnsettled(index) || t.Entries.Any(e => e.Index == index && !e.IsGap)) ? ChunkVerdict.Accepted : ChunkVerdict.Late, chunk);
    }

    private static async Task<(byte[] Digest, long Length)> DigestAsync(string path, CancellationToken stopping)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BlockBytes, useAsync: true);
        return (await SHA256.HashDataAsync(file, stopping), file.Length);
    }
}
