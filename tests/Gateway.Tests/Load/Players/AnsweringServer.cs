using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;

namespace Gateway.Tests.Load.Players;

/// <summary>Answers what it is told to, and leaves the rest to the server behind it.</summary>
internal sealed class AnsweringServer(IVirtualServer behind, Func<TransferRequest, VirtualReply, VirtualReply> change) : IVirtualServer
{
    public List<TransferRequest> Seen { get; } = [];

    public VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival)
    {
        Seen.Add(request);
        return change(request, behind.Answer(request, arrival));
    }
}
