namespace Gateway.Live.Work;

/// <summary>Where chunks are put that have to be made into segments.</summary>
internal sealed class LiveWork(FairQueue queue, ChunkProcessor processor)
{
    public FairQueue Queue => queue;

    /// <inheritdoc cref="FairQueue.Add"/>
    public void Add(WorkItem item, bool isReserved)
    {
        queue.Add(item, isReserved);
        processor.Wake();
    }
}
