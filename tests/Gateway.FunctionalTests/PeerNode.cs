using System.Net.Sockets;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.FunctionalTests;

/// <summary>A gateway that has peers. Its socket was bound before it starts, so that each knows the others' addresses.</summary>
internal sealed class PeerNode(WebApplication app, Socket socket, HttpClient client) : IAsyncDisposable
{
    private const string TicketKey = "--Gateway:Access:TicketKeys:0=k1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private bool _isGone;

    public HttpClient Client => client;

    public T Part<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public static async Task<PeerNode> StartAsync(string name, Socket socket, string[] knobs)
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://{socket.LocalEndPoint}"), Timeout = Patience.Deadline };
        string[] settings =
        [
            TicketKey, $"--Gateway:Peers:Self={name}", "--Gateway:Peers:FirstByteTimeout=00:01:00", "--Gateway:Peers:ProbeInterval=00:00:00.1", "--Gateway:Peers:FailurePause=00:10:00",
            "--Gateway:Telemetry:Events=Off", .. Patience.Knobs, .. knobs,
        ];
        var app = Program.Build(settings, builder =>
        {
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(server =>
            {
                Patience.Server(server);
                server.ListenHandle((ulong)socket.SafeHandle.DangerousGetHandle());
            });
        });
        await app.StartAsync();
        return new PeerNode(app, socket, client);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isGone) return;
        _isGone = true;
        client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        // The server does not own what it was given.
        socket.Dispose();
    }
}
