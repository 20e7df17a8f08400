using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Load.Links;
using Gateway.Testing;

namespace Gateway.Tests.Load.Links;

/// <summary>Real sockets, a clock by hand.</summary>
public sealed class ShapedProxyTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Socket _origin = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ShapedProxyTests()
    {
        _origin.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _origin.Listen();
    }

    [Fact]
    public async Task Exchange_NewConnection_PaysTwoRoundTripsAndTheRate()
    {
        await using var proxy = Proxy(kbps: 80, roundTrip: TimeSpan.FromMilliseconds(100));
        using var client = await ConnectAsync(proxy);
        await client.SendAsync("ask"u8.ToArray());
        var began = _clock.GetTimestamp();

        var serving = ServeAsync(new byte[10_000]);
        var reading = ReadAsync(client, 10_000);
        await _clock.AdvanceUntilAsync(() => reading.IsCompleted, TimeSpan.FromMilliseconds(20));

        Assert.Equal("ask", await serving);
        // 200 ms for connection and request, then 10,000 bytes at 10,000 bytes per second.
        Assert.InRange(_clock.GetElapsedTime(began).TotalMilliseconds, 1200, 1400);
    }

    [Fact]
    public async Task Client_Gone_ClosesTheOriginsSide()
    {
        await using var proxy = Proxy(kbps: 8, roundTrip: TimeSpan.Zero);
        using var client = await ConnectAsync(proxy);
        using var served = await _origin.AcceptAsync();

        client.Close();

        Assert.Equal(0, await served.ReceiveAsync(new byte[10]));
    }

    [Fact]
    public async Task Origin_Absent_ClosesTheClientsSide()
    {
        await using var proxy = Proxy(kbps: 8, roundTrip: TimeSpan.Zero);
        _origin.Close();
        using var client = await ConnectAsync(proxy);

        Assert.Equal(0, await client.ReceiveAsync(new byte[10]));
    }

    [Fact]
    public async Task Dispose_ConnectionsUnderWay_EndsThem()
    {
        var proxy = Proxy(kbps: 8, roundTrip: TimeSpan.Zero);
        using var client = await ConnectAsync(proxy);
        using var served = await _origin.AcceptAsync();

        await proxy.DisposeAsync();

        Assert.Equal(0, await client.ReceiveAsync(new byte[10]));
    }

    public void Dispose() => _origin.Dispose();

    private ShapedProxy Proxy(double kbps, TimeSpan roundTrip)
    {
        var options = new LinkOptions { Trace = RateTrace.Constant(kbps), RoundTrip = roundTrip, ConnectRoundTrips = 1 };
        return new ShapedProxy((IPEndPoint)_origin.LocalEndPoint!, new RealTimeBottleneck(options, _clock, TimeSpan.FromMilliseconds(5)), _clock);
    }

    private static async Task<Socket> ConnectAsync(ShapedProxy proxy)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port);
        return client;
    }

    private async Task<string> ServeAsync(byte[] answer)
    {
        using var connection = await _origin.AcceptAsync();
        var buffer = new byte[100];
        var read = await connection.ReceiveAsync(buffer);
        await connection.SendAsync(answer);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private static async Task ReadAsync(Socket socket, int bytes)
    {
        var buffer = new byte[bytes];
        while (bytes > 0)
        {
            var read = await socket.ReceiveAsync(buffer);
            if (read == 0) return;
            bytes -= read;
        }
    }
}
