namespace Gateway.Load.Links.Virtual;

/// <summary>
/// A player's requests in virtual time: a round trip to the server and back, the server's own time, what the queue adds, and then the body over the link. No sockets, no
/// messages: an exchange is one object and two events.
/// </summary>
/// <remarks>
/// Connections are kept as a browser keeps them for HTTP/1.1: a request takes an idle one or opens another; players never have as many under way as browsers allow.
/// Cancelling a request closes its connection, so that the next one pays for a new one.
/// </remarks>
internal sealed class VirtualTransport : ITransport
{
    /// <summary>Smallest retransmission timeout of TCP as Linux has it; RFC 6298 says one second.</summary>
    private static readonly TimeSpan s_leastTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>What a packet of Ethernet carries of TCP.</summary>
    public const int PacketBytes = 1448;

    private readonly IVirtualServer _server;
    private readonly IDeliveryListener? _listener;
    private readonly Random _dice;
    private int _idle;

    public VirtualTransport(EventLoop loop, SharedLink link, IVirtualServer server, int seed = 0)
    {
        Loop = loop;
        Link = link;
        _server = server;
        _listener = server as IDeliveryListener;
        // Not HashCode.Combine: its result differs from process to process.
        _dice = new Random(unchecked((seed * 397) ^ link.Options.Seed));
    }

    public EventLoop Loop { get; }

    public SharedLink Link { get; }

    public Transfer Send(in TransferRequest request, ITransferListener listener, int tag)
    {
        var options = Link.Options;
        var connect = TimeSpan.Zero;
        if (_idle > 0)
        {
            _idle--;
        }
        else
        {
            connect = options.RoundTrip * options.ConnectRoundTrips;
        }

        var way = options.RoundTrip / 2;
        var arrival = Loop.Now + connect + way + (options.Loss > 0 ? LossDelay(options) : TimeSpan.Zero);
        var reply = _server.Answer(request, Loop.UtcNow + (arrival - Loop.Now));
        var transfer = new VirtualTransfer(this, request, listener, tag, reply);
        var resent = options.Loss > 0 ? BodyLoss(options, reply.Length) : TimeSpan.Zero;
        transfer.Begin(arrival + reply.Wait + way + Link.QueueDelay(), resent);
        return transfer;
    }

    /// <summary>A body begins to flow.</summary>
    public void Flowing(Transfer transfer) => _listener?.Flowing(transfer);

    /// <summary>A body is through, or broken or given up.</summary>
    public void Flowed(Transfer transfer) => _listener?.Flowed(transfer);

    /// <summary>An exchange left its connection usable.</summary>
    public void Freed() => _idle++;

    /// <summary>Request and head are single packets: one that is lost waits for the timer, twice as long each time.</summary>
    private TimeSpan LossDelay(LinkOptions options)
    {
        var timeout = options.RoundTrip * 2 > s_leastTimeout ? options.RoundTrip * 2 : s_leastTimeout;
        var delay = TimeSpan.Zero;
        for (var tries = 0; tries < 6 && _dice.NextDouble() < options.Loss; tries++)
        {
            delay += timeout;
            timeout *= 2;
        }

        return delay;
    }

    /// <summary>
    /// Each window with a loss costs a round trip. With losses as rare as on real links they fall into windows of their own, so their number is about that of lost packets;
    /// more than one in every window they cannot be.
    /// </summary>
    private TimeSpan BodyLoss(LinkOptions options, long bytes)
    {
        var packets = bytes / PacketBytes;
        var mean = packets * options.Loss;
        var windows = Math.Max(packets / 10.0, 1);
        var losses = Math.Min(mean + ((_dice.NextDouble() - 0.5) * Math.Sqrt(12 * mean)), windows);
        return options.RoundTrip * Math.Max(losses, 0);
    }
}
