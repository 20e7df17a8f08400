using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Model;

namespace Gateway.Origin;

/// <summary>One <see cref="DestinationQueue"/> for each destination; they live as long as YARP's object for it.</summary>
internal sealed class DestinationQueues(OriginOptions options, OriginMetrics metrics, TimeProvider time)
{
    private readonly ConditionalWeakTable<DestinationState, DestinationQueue> _queues = [];

    /// <summary>Takes a place at a destination; given back with <see cref="Leave"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller has left, or its time is over; there is no place then.</exception>
    public async ValueTask EnterAsync(DestinationState destination, OriginRequest request, CancellationToken leaving)
    {
        if (await Of(destination).EnterAsync(request.IsDemanded, request.Urgency?.Demanded, leaving)) metrics.Queued(request.Purpose);
    }

    public void Leave(DestinationState destination) => Of(destination).Leave();

    private DestinationQueue Of(DestinationState destination) => _queues.GetValue(destination, _ => new DestinationQueue(options.MaxConcurrent, options.MaxQueueTime, time));
}
