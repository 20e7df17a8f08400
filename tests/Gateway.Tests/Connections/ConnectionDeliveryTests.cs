using System.Net;
using System.Net.Sockets;
using Gateway.Connections;
using Gateway.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Connections;

/// <summary>Real sockets of this machine: the counts are the system's.</summary>
public sealed class ConnectionDeliveryTests : IDisposable
{
    private const int MaxPacingRate = 47;

    private readonly Socket _served;
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ManualTimeProvider _time = new();
    private readonly List<DeliveryReading> _readings = [];
    private readonly ConnectionDelivery _delivery;

    public ConnectionDeliveryTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux counts for a connection what its client has taken.");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client.Connect(listener.LocalEndPoint!);
        _served = listener.Accept();
        _delivery = new ConnectionDelivery(_served, _time);
    }

    [Fact]
    public async Task Response_ThatWasTaken_IsToldWhenTheConnectionServesAgain()
    {
        _delivery.Begin(_readings.Add);
        await TransferAsync(100_000);
        Assert.Empty(_readings);

        _delivery.Begin(_readings.Add);
        var reading = Assert.Single(_readings);
        Assert.Equal(100_000, reading.Bytes);
        Assert.True(reading.Busy > TimeSpan.Zero);
        Assert.False(reading.IsHeldBack);
    }

    /// <summary>Twenty tiny answers say more of the round trip than of the line.</summary>
    [Fact]
    public async Task Responses_ThatAreTiny_AreNeverPutTogether()
    {
        for (var i = 0; i < 20; i++)
        {
            _delivery.Begin(_readings.Add);
            await TransferAsync(4_000);
        }

        _delivery.Begin(null);
        Assert.Empty(_readings);
    }

    [Fact]
    public async Task Response_OfNobody_IsNotToldToTheNext()
    {
        _delivery.Begin(null);
        await TransferAsync(100_000);
        _delivery.Begin(_readings.Add);
        _delivery.Tell();
        Assert.Empty(_readings);
    }

    [Fact]
    public async Task Pace_IsSetAndTakenAway_AndReadingsTellOfIt()
    {
        Assert.True(_delivery.TryPace(50_000_000));
        Assert.Equal(50_000_000u, PaceOf(_served));
        _delivery.Begin(_readings.Add);
        await TransferAsync(100_000);
        Assert.True(_delivery.TryPace(0));
        Assert.Equal(uint.MaxValue, PaceOf(_served));
        _delivery.Tell();
        Assert.True(Assert.Single(_readings).IsHeldBack);

        await TransferAsync(100_000);
        _delivery.Tell();
        Assert.False(_readings[1].IsHeldBack);
    }

    /// <summary>A manifest or a page after a paced segment on the same connection would come at the segment's rate.</summary>
    [Fact]
    public void Request_AfterAPacedBody_FindsNoPaceOnItsConnection()
    {
        var context = new DefaultConnectionContext();
        context.Features.Set<IConnectionSocketFeature>(new Served(_served));
        var connection = new ClientConnection(context, _time);
        connection.Delivery!.TryPace(40_000);
        Assert.Equal(40_000u, PaceOf(_served));
        var request = new DefaultHttpContext();
        request.Features.Set(connection);
        ConnectionsRegistration.Unpace(request);
        Assert.Equal(uint.MaxValue, PaceOf(_served));
    }

    /// <summary>One that takes a byte a second of a connection that is to be closed.</summary>
    [Fact]
    public async Task Drain_OfAClientThatTrickles_Ends()
    {
        var context = new DefaultConnectionContext();
        context.Features.Set<IConnectionSocketFeature>(new Served(_served));
        var connection = new ClientConnection(context, _time);
        connection.Handed(long.MaxValue);
        var draining = connection.DrainAsync(_time, TestContext.Current.CancellationToken).AsTask();
        for (var i = 0; i < 2_000 && !draining.IsCompleted; i++)
        {
            await TransferAsync(1);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(draining.IsCompletedSuccessfully);
    }

    [Fact]
    public void Connection_ThatIsClosed_TellsNothingAndFailsNobody()
    {
        _delivery.Begin(_readings.Add);
        _served.Dispose();
        _delivery.Tell();
        _delivery.Begin(null);
        Assert.False(_delivery.TryPace(1_000_000));
        Assert.Empty(_readings);
    }

    public void Dispose()
    {
        _served?.Dispose();
        _client.Dispose();
    }

    private sealed record Served(Socket Socket) : IConnectionSocketFeature;

    private static uint PaceOf(Socket socket)
    {
        var value = new byte[8];
        socket.GetRawSocketOption(1, MaxPacingRate, value);
        return BitConverter.ToUInt32(value);
    }

    /// <summary>Ends when the client has it and the system knows that.</summary>
    private async Task TransferAsync(int bytes)
    {
        TcpProgress.TryRead(_served, out var before);
        var sending = _served.SendAsync(new byte[bytes]);
        var buffer = new byte[bytes];
        for (var read = 0; read < bytes;) read += await _client.ReceiveAsync(buffer.AsMemory(read), TestContext.Current.CancellationToken);
        await sending;
        while (TcpProgress.TryRead(_served, out var now) && now.Acknowledged < before.Acknowledged + bytes) await Task.Yield();
    }
}
