using Gateway.Live.Sessions;
using Gateway.Live.Work;
using Gateway.Problems;

namespace Gateway.Live.Ingest;

/// <summary>
/// Whether there is room for a chunk: in its session, in the store, and in the queue of those that wait for the transcoder. Asked before a body is read, so that nothing is sent in vain, and again when it is there: only then
/// a place in the queue is taken, and whoever sends slowly holds none.
/// </summary>
internal sealed class ChunkAdmission(LiveWork work, StorageSpace storage, LiveOptions options, TimeProvider time)
{
    public static readonly ChunkRefusal StorageFull = new(ProblemCode.LiveStorageFull, "storage_full");

    // What one announces and the look at the sum are one step: of several that come for the last bytes the first has them, and none is refused for another that is refused itself.
    private readonly Lock _announcing = new();

    /// <summary>Takes room for an upload, or for more of it; false where there is none, and then it has none any more.</summary>
    /// <param name="upload">Who takes it.</param>
    /// <param name="bytes">What it will have in all.</param>
    public bool TryAnnounce(PartialUploads.Holder upload, long bytes)
    {
        lock (_announcing)
        {
            upload.Announce(bytes);
            if (storage.Bytes >= 0) return true;
            upload.Withdraw();
            return false;
        }
    }

    /// <summary>Why a chunk of which nothing is known yet is not taken; null where there is room.</summary>
    /// <param name="session">Its session.</param>
    /// <param name="index">Its index.</param>
    /// <param name="bytes">Its length, as far as it is known.</param>
    public ChunkRefusal? Look(LiveSession session, int index, long bytes) =>
        session.Look(t => t.ClosedAt) is { } at && time.GetUtcNow() - at > options.LateUploads ? new ChunkRefusal(ProblemCode.SessionEnded, "ended")
        : index - session.Look(t => t.Next) > options.MaxAhead ? new ChunkRefusal(ProblemCode.ChunkIndexInvalid, "ahead")
        : Quota(session, bytes) is { } full ? full
        : !storage.Has(session.Id, index, bytes) ? StorageFull
        : (session.Look(t => t.MayBeListed(index)) ? RefusalOf(work.Queue.RoomFor(session.Id)) : null);

    /// <summary>Takes a place in the queue for a chunk whose bytes are there, where it needs one; <paramref name="isReserved"/> tells whether <see cref="Release"/> or <see cref="Queue"/> has to follow.</summary>
    public ChunkRefusal? Reserve(LiveSession session, int index, long bytes, out bool isReserved)
    {
        isReserved = false;
        if (session.Look(t => t.ChunkAt(index)) is not null) return null;
        if (Quota(session, bytes) is { } full) return full;
        lock (_announcing)
        {
            if (storage.Bytes < 0) return StorageFull;
        }

        if (!session.Look(t => t.MayBeListed(index))) return null;
        var room = work.Queue.TryReserve(session.Id);
        isReserved = room == ReservationResult.Reserved;
        return RefusalOf(room);
    }

    public void Release(LiveSession session) => work.Queue.Release(session.Id);

    /// <summary>Has a chunk made into a segment.</summary>
    public void Queue(LiveSession session, int index, bool isReserved) => work.Add(new WorkItem(session.Id, index), isReserved);

    private ChunkRefusal? Quota(LiveSession session, long bytes) =>
        session.Look(t => t.ChunkBytes) + bytes > options.MaxSessionBytes ? new ChunkRefusal(ProblemCode.LiveSessionFull, "session_full") : null;

    private static ChunkRefusal? RefusalOf(ReservationResult room) => room switch
    {
        ReservationResult.Full => new ChunkRefusal(ProblemCode.Overloaded, "queue_full"),
        ReservationResult.SessionFull => new ChunkRefusal(ProblemCode.LiveQueueFull, "queue_full"),
        _ => null,
    };
}
