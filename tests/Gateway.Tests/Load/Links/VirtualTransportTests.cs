using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;

namespace Gateway.Tests.Load.Links;

public sealed class VirtualTransportTests
{
    private readonly VirtualLoop _loop = new();

    [Fact]
    public void Request_FirstOnALink_PaysForConnectionRoundTripAndThought()
    {
        var transport = Transport(new LinkOptions { Trace = RateTrace.Constant(1000), RoundTrip = TimeSpan.FromMilliseconds(100) }, _ => Reply(12_500, TimeSpan.FromMilliseconds(30)));
        var heard = new Listener();

        var transfer = transport.Send(Request(), heard, 5);
        _loop.Run(TimeSpan.FromMinutes(1));

        // The first byte is there when the packet of 1,448 bytes that carries it is.
        Assert.Equal(230 + 11.584, transfer.BeganAt!.Value.TotalMilliseconds, 3);
        Assert.Equal(TimeSpan.FromMilliseconds(330), transfer.EndedAt);
        Assert.Equal(12_500, transfer.Received);
        Assert.True(transfer.Succeeded);
        Assert.Equal(["began 5", "ended 5"], heard.Events);
    }

    [Fact]
    public void Request_OnAnIdleConnection_PaysForTheRoundTripOnly()
    {
        var transport = Transport(new LinkOptions { Trace = RateTrace.Constant(1000), RoundTrip = TimeSpan.FromMilliseconds(100) }, _ => Reply(1, TimeSpan.Zero));
        transport.Send(Request(), new Listener(), 0);
        _loop.RunUntil(TimeSpan.FromSeconds(1));

        var second = transport.Send(Request(), new Listener(), 0);
        _loop.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(1.1, second.BeganAt!.Value.TotalSeconds, 4);
    }

    [Fact]
    public void Losses_OfASeed_AreThoseOfEveryOtherProcess()
    {
        var transport = new VirtualTransport(_loop, new SharedLink(_loop, new LinkOptions { Trace = RateTrace.Constant(100_000), RoundTrip = TimeSpan.Zero, Loss = 0.5, Seed = 7 }), new Server(_ => Reply(1, TimeSpan.Zero)), 3);
        var transfers = Enumerable.Range(0, 12).Select(i => transport.Send(Request(), new Listener(), i)).ToArray();
        _loop.Run(TimeSpan.FromHours(1));
        // How often each request was lost before it came through; a timeout is 200 ms, 400 ms, 800 ms …
        Assert.Equal("4 3 0 1 0 0 3 1 0 3 1 3", string.Join(' ', transfers.Select(t => Math.Round(Math.Log2((t.BeganAt!.Value.TotalSeconds / 0.2) + 1)))));
    }

    [Fact]
    public void Transfer_HalfWay_TellsHowMuchCame()
    {
        var transport = Transport(new LinkOptions { Trace = RateTrace.Constant(1000), RoundTrip = TimeSpan.Zero }, _ => Reply(125_000, TimeSpan.Zero));
        var transfer = transport.Send(Request(), new Listener(), 0);

        _loop.RunUntil(TimeSpan.FromSeconds(0.25));

        Assert.Equal(31_250, transfer.Received);
        Assert.False(transfer.IsOver);
    }

    [Fact]
    public void Transfer_Cancelled_IsHeardOfNoMoreAndKeepsItsCount()
    {
        var transport = Transport(new LinkOptions { Trace = RateTrace.Constant(1000), RoundTrip = TimeSpan.Zero }, _ => Reply(125_000, TimeSpan.Zero));
        var heard = new Listener();
        var transfer = transport.Send(Request(), heard, 0);
        _loop.RunUntil(TimeSpan.FromSeconds(0.5));

        transfer.Cancel();
        _loop.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(["began 0"], heard.Events);
        Assert.Equal(TransferEnd.Cancelled, transfer.End);
        Assert.Equal(62_500, transfer.Received);
    }

    [Theory]
    [InlineData(0L, nameof(TransferEnd.NoAnswer), 0L)]
    [InlineData(1000L, nameof(TransferEnd.Broken), 1000L)]
    public void Transfer_WhoseConnectionBreaks_EndsWithWhatCame(long after, string end, long received)
    {
        var transport = Transport(new LinkOptions { Trace = RateTrace.Constant(1000) }, _ => Reply(5000, TimeSpan.Zero) with { BreaksAfter = after });

        var transfer = transport.Send(Request(), new Listener(), 0);
        _loop.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(end, transfer.End.ToString());
        Assert.Equal(received, transfer.Received);
    }

    [Fact]
    public void Transfer_BeyondThePlayersPatience_TimesOut()
    {
        var transport = Transport(new LinkOptions { Trace = RateTrace.Constant(100) }, _ => Reply(125_000, TimeSpan.Zero));

        var transfer = transport.Send(Request() with { Patience = TimeSpan.FromSeconds(2) }, new Listener(), 0);
        _loop.Run(TimeSpan.FromMinutes(1));

        Assert.Equal(TransferEnd.TimedOut, transfer.End);
        Assert.Equal(TimeSpan.FromSeconds(2), transfer.EndedAt);
    }

    [Fact]
    public void Loss_OnALink_DelaysAndIsTheSameForTheSameSeed()
    {
        TimeSpan Play(double loss, int seed)
        {
            var loop = new VirtualLoop();
            var options = new LinkOptions { Trace = RateTrace.Constant(10_000), RoundTrip = TimeSpan.FromMilliseconds(50), Loss = loss, Seed = seed };
            var transport = new VirtualTransport(loop, new SharedLink(loop, options), new Server(_ => Reply(1_000_000, TimeSpan.Zero)));
            var transfer = transport.Send(Request(), new Listener(), 0);
            loop.Run(TimeSpan.FromMinutes(5));
            return transfer.EndedAt!.Value;
        }

        Assert.True(Play(0.02, 1) > Play(0, 1));
        Assert.Equal(Play(0.02, 1), Play(0.02, 1));
        Assert.NotEqual(Play(0.02, 1), Play(0.02, 2));
    }

    private static TransferRequest Request() => new() { Kind = TransferKind.Segment, Root = "http://virtual", Path = "/x" };

    private static VirtualReply Reply(long length, TimeSpan wait) => new() { Status = 200, Length = length, Wait = wait };

    private VirtualTransport Transport(LinkOptions options, Func<TransferRequest, VirtualReply> answer) => new(_loop, new SharedLink(_loop, options), new Server(answer));

    private sealed class Server(Func<TransferRequest, VirtualReply> answer) : IVirtualServer
    {
        public VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival) => answer(request);
    }

    private sealed class Listener : ITransferListener
    {
        public List<string> Events { get; } = [];

        public void Began(Transfer transfer) => Events.Add($"began {transfer.Tag}");

        public void Ended(Transfer transfer) => Events.Add($"ended {transfer.Tag}");
    }
}
