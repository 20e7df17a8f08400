using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Benchmarks.Lending;

/// <summary>
/// One client that asks for random objects and playlists on connections of its own, over HTTP/1.1 with and without TLS, and compares each byte: whole bodies, ranges, HEAD, several requests at once, slow reading, and leaving amid a body.
/// </summary>
internal sealed class StressReader(Uri plain, Uri secure, string thumbprint, int seed, StressCounts counts)
{
    private readonly Random _dice = new(seed);
    private readonly byte[] _buffer = new byte[32 << 10];
    private readonly Dictionary<StressPlaylist, string> _sessions = [];

    /// <summary>Reads until it is told to stop; a connection that breaks is replaced.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var stream = await ConnectAsync(stop);
                for (var left = _dice.Next(1, 30); left > 0 && await AskAsync(stream, stop); left--)
                {
                    // The same connection again.
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                Interlocked.Increment(ref counts.BrokenOff);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<Stream> ConnectAsync(CancellationToken stop)
    {
        var isSecure = _dice.Next(3) == 0;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // Small buffers fill soon: the gateway has to wait amid a body.
        if (_dice.Next(2) == 0) socket.ReceiveBufferSize = 16 << 10;
        await socket.ConnectAsync(IPAddress.Loopback, (isSecure ? secure : plain).Port, stop);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (!isSecure) return stream;
        var tls = new SslStream(stream, leaveInnerStreamOpen: false, (_, shown, _, _) => shown?.GetCertHashString() == thumbprint);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, stop);
        return tls;
    }

    /// <summary>A request, or several at once; false when the connection is of no more use.</summary>
    private async Task<bool> AskAsync(Stream stream, CancellationToken stop)
    {
        var asked = new StressRequest[_dice.Next(5) == 0 ? _dice.Next(2, 6) : 1];
        var text = new StringBuilder();
        for (var i = 0; i < asked.Length; i++)
        {
            asked[i] = _dice.Next(4) == 0 ? PickPlaylist() : Pick();
            text.Append(asked[i].Text);
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(text.ToString()), stop);
        foreach (var one in asked)
        {
            if (!await ReadAsync(stream, one, stop)) return false;
        }

        return true;
    }

    private ObjectRequest Pick()
    {
        var thing = new StressObject((int)(StressObject.Count * _dice.NextDouble() * _dice.NextDouble()));
        var from = _dice.Next(thing.Length);
        return _dice.Next(8) switch
        {
            0 => new ObjectRequest(thing, "HEAD", 0, thing.Length),
            1 or 2 => new ObjectRequest(thing, "GET", from, from + _dice.Next(1, thing.Length - from + 1)),
            _ => new ObjectRequest(thing, "GET", 0, thing.Length),
        };
    }

    private PlaylistRequest PickPlaylist()
    {
        var list = new StressPlaylist(_dice.Next(StressPlaylist.Count));
        // Rewritten answers are what lies in buffers that are used again.
        if (_dice.Next(3) > 0) _sessions.Remove(list);
        return new PlaylistRequest(list, _dice.Next(8) == 0 ? "HEAD" : "GET", zips: _dice.Next(4) == 0, _sessions);
    }

    private async Task<bool> ReadAsync(Stream stream, StressRequest asked, CancellationToken stop)
    {
        Interlocked.Increment(ref counts.Requests);
        if (asked is PlaylistRequest) Interlocked.Increment(ref counts.Playlists);
        var head = await ReadHeadAsync(stream, stop);
        var length = asked.LengthBy(head);
        if (length < 0)
        {
            if (asked.MayBe(head)) Interlocked.Increment(ref counts.Refused);
            else Tell($"{asked}: {head}");
            return false;
        }

        if (asked.IsHead) return true;
        var leavesAt = _dice.Next(12) == 0 ? _dice.Next(length) : int.MaxValue;
        var isSlow = _dice.Next(6) == 0;
        for (var got = 0; got < length;)
        {
            if (got > leavesAt)
            {
                Interlocked.Increment(ref counts.Aborted);
                return false;
            }

            if (isSlow) await Task.Delay(TimeSpan.FromMilliseconds(_dice.Next(20)), TimeProvider.System, stop);
            var read = await stream.ReadAsync(_buffer.AsMemory(0, Math.Min(_buffer.Length, length - got)), stop);
            if (read == 0) throw new IOException("broken off");
            if (!asked.Takes(got, _buffer.AsSpan(0, read))) Tell($"{asked}: wrong bytes in {got} to {got + read}");
            got += read;
            Interlocked.Add(ref counts.Bytes, read);
        }

        if (!asked.Ends()) Tell($"{asked}: a wrong playlist");
        return true;
    }

    private async Task<string> ReadHeadAsync(Stream stream, CancellationToken stop)
    {
        var head = new StringBuilder();
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n")
        {
            if (await stream.ReadAsync(_buffer.AsMemory(0, 1), stop) == 0) throw new IOException("broken off");
            head.Append((char)_buffer[0]);
            if (head.Length <= 16 << 10) continue;
            Tell("no head");
            throw new IOException("no head");
        }

        return head.ToString();
    }

    private void Tell(string what)
    {
        Interlocked.Increment(ref counts.Wrong);
        Console.WriteLine(what);
    }
}
