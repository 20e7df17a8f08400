using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.Origin;

/// <summary>A socket that answers every connection's first request with given bytes, for responses that no HTTP server would send.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly byte[] _answer;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _serving;

    private RawUpstream(string answer)
    {
        _answer = Encoding.Latin1.GetBytes(answer);
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    public static Task<RawUpstream> StartAsync(string answer) => Task.FromResult(new RawUpstream(answer));

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _serving;
        _listener.Stop();
        _closing.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_closing.Token);
                var stream = client.GetStream();
                var request = new byte[8192];
                // The request is read first and the other end closes first: a reset would overtake the answer.
                if (await stream.ReadAsync(request, _closing.Token) == 0) continue;
                await stream.WriteAsync(_answer, _closing.Token);
                while (await stream.ReadAsync(request, _closing.Token) > 0)
                {
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test has ended.
        }
    }
}
