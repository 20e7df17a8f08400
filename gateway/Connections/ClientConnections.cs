using System.Collections.Concurrent;
using Gateway.Connections.Receiving;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Connections;

/// <summary>
/// The clients' connections, and the rule by which a slow one is cut. Kestrel's own (<c>MinResponseDataRate</c>) times flushes of up to
/// <see cref="ConnectionsOptions.ResponseBufferBytes"/>, and would cut a phone on a bad network in the middle of a segment that it would have played.
/// <para>
/// A client that takes a byte now and then is never cut for being slow. Two kinds of clients are cut: (1) one that took nothing at all for <see cref="ConnectionsOptions.StalledClient"/>
/// while something waits for it, also after its response has ended for HTTP; (2) while memory is critically short, one that holds some of it for long (<see cref="Held"/>), slowest first:
/// one in the first review, twice as many in each further one, until nothing is missing. If all of them together hold less than a sixteenth of what is missing, none is cut: it would not
/// help. A client that is merely slower than the gateway gives its memory back by itself.
/// </para>
/// <para>
/// Streams of HTTP/2 and HTTP/3 have a flow control of their own: a client may read one and stall another on the same connection. So each of their responses that has to
/// wait for its client is watched as well, as a <see cref="SlowResponse"/>, and is cut alone: (1) when one flush waits for <see cref="ConnectionsOptions.StalledClient"/>, and (2) in a shortage after
/// <see cref="Held"/>, longest first, in the same growing numbers. A trickle of bytes ends no flush.
/// </para>
/// </summary>
/// <remarks>Connections and responses come and go on any thread; of <see cref="Review"/> a lock sees to it that it runs once at a time.</remarks>
internal sealed partial class ClientConnections(ConnectionsOptions options, ConnectionMemory memory, ConnectionMetrics metrics, TimeProvider time, ILogger<ClientConnections> log)
{
    private const int LeastHelp = 16;

    /// <summary>A quarter of a megabyte in ten seconds is 26 kB/s: below what the lowest rendition needs.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ClientConnection, byte> _open = new();
    private readonly ConcurrentDictionary<SlowResponse, byte> _slow = new();
    private readonly Lock _review = new();

    private int _most = 1;
    private int _mostStreams = 1;

    /// <summary>Connections that are watched.</summary>
    public int Count => _open.Count;

    public TimeProvider Time => time;

    /// <summary>Watches a connection as long as HTTP and the transport use it.</summary>
    public async Task RunAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = new ClientConnection(context, time);
        context.Features.Set(this);
        context.Features.Set(connection);
        context.Transport = new DuplexPipe(context.Transport.Input, new ClientOutput(context.Transport.Output, connection));
        if (context is TcpConnection tcp) tcp.Client = connection;
        _open.TryAdd(connection, 0);
        try
        {
            await next(context);
        }
        finally
        {
            connection.Left();
        }
    }

    /// <summary>Watches a response that had to wait for its client, until it is disposed of.</summary>
    public SlowResponse Watch(HttpContext context)
    {
        var response = new SlowResponse(this, context);
        _slow.TryAdd(response, 0);
        return response;
    }

    public void Forget(SlowResponse response) => _slow.TryRemove(response, out _);

    /// <summary>Checks every connection and cuts by the rules above.</summary>
    public void Review()
    {
        lock (_review) ReviewUnderLock();
    }

    private void ReviewUnderLock()
    {
        var now = time.GetTimestamp();
        var missing = Math.Max(memory.Missing, memory.Excess);
        ReviewStreams(now, missing > 0);
        List<ClientConnection>? slow = null;
        long held = 0;
        long waiting = 0;
        foreach (var (connection, _) in _open)
        {
            if (!connection.Review(now, time))
            {
                _open.TryRemove(connection, out byte _);
                continue;
            }

            waiting += connection.Waiting;
            if (connection.StandsStill > options.StalledClient)
            {
                Cut(connection, CutReason.Stalled);
            }
            else if (missing > 0 && connection.Waiting >= options.BlockBytes && connection.HoldsLongerThan(Held))
            {
                held += connection.Waiting;
                (slow ??= []).Add(connection);
            }
        }

        memory.Waiting = waiting;
        if (slow is not null && held >= missing / LeastHelp) CutSlowest(slow, missing);
        else _most = 1;
    }

    private void ReviewStreams(long now, bool isShort)
    {
        List<(TimeSpan Still, SlowResponse Response)>? held = null;
        foreach (var (response, _) in _slow)
        {
            var still = response.StandsStill(now);
            if (still > options.StalledClient && response.TryCut()) Tell(CutReason.Stalled);
            else if (isShort && still >= Held) (held ??= []).Add((still, response));
        }

        if (held is null)
        {
            _mostStreams = 1;
            return;
        }

        held.Sort(static (a, b) => b.Still.CompareTo(a.Still));
        foreach (var (_, response) in held.Take(_mostStreams))
        {
            if (response.TryCut()) Tell(CutReason.Memory);
        }

        _mostStreams = Math.Min(_mostStreams * 2, 1 << 20);
    }

    private void CutSlowest(List<ClientConnection> slow, long missing)
    {
        slow.Sort(static (a, b) => a.Rate.CompareTo(b.Rate));
        var count = 0;
        while (count < slow.Count && count < _most && missing > 0)
        {
            missing -= slow[count].Waiting;
            Cut(slow[count++], CutReason.Memory);
        }

        _most = Math.Min(_most * 2, 1 << 20);
    }

    private void Cut(ClientConnection connection, CutReason reason)
    {
        _open.TryRemove(connection, out byte _);
        connection.Abort(reason == CutReason.Stalled ? "The client took nothing for too long." : "The client held memory that is needed.");
        Tell(reason);
    }

    private void Tell(CutReason reason)
    {
        metrics.Cut(reason);
        Log.ClientCut(log, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Debug, "A slow client was cut: {Reason}.", EventName = nameof(ClientCut))]
        public static partial void ClientCut(ILogger log, CutReason reason);
    }
}
