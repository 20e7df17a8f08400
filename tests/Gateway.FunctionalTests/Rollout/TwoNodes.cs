using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Microsoft.AspNetCore.Builder;

namespace Gateway.FunctionalTests.Rollout;

/// <summary>Two gateways, a transcoder whose faults can be switched, and a real PostgreSQL.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    private readonly PostgresServer _postgres;
    private readonly WebApplication _stub;

    private TwoNodes(PostgresServer postgres, WebApplication stub, GatewayProcess a, GatewayProcess b)
    {
        _postgres = postgres;
        _stub = stub;
        (A, B) = (a, b);
    }

    public GatewayProcess A { get; }

    public GatewayProcess B { get; }

    public HttpClient[] Clients => [A.Client, B.Client];

    /// <summary>A viewer from a network of its own, on the first node or the second; the triggers ask for several.</summary>
    public HttpClient Viewer(int number)
    {
        var here = new IPAddress([127, 1, (byte)number, 1]);
        return new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            ConnectCallback = async (context, stop) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(here, 0));
                await socket.ConnectAsync(context.DnsEndPoint, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = Clients[number % 2].BaseAddress };
    }

    public HttpClient[] Viewers(int count) => [.. Enumerable.Range(0, count).Select(Viewer)];

    public static async Task<TwoNodes> StartAsync(params string[] knobs)
    {
        var postgres = await PostgresServer.TryStartAsync();
        Assert.SkipWhen(postgres is null, "PostgreSQL is not installed (Debian: apt-get install postgresql).");
        var stub = TranscoderStub.Program.Build(["--urls", "http://127.0.0.1:0"]);
        await stub.StartAsync();
        return new TwoNodes(postgres!, stub, await NodeAsync(), await NodeAsync());

        async Task<GatewayProcess> NodeAsync()
        {
            var node = await GatewayProcess.StartAsync(new Uri(stub.Urls.Single()),
            [
                $"--ConnectionStrings:Sessions={postgres!.ConnectionString}",
                "--Gateway:Access:TicketKeys:0=k1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                $"--Gateway:Admin:ApiKey={GatewayWithStub.OperatorKey}",
                "--Gateway:Sessions:StoreTimeout=00:01:00",
                "--Gateway:Origin:Retries=0",
                "--Gateway:Prefetch:Segments=0",
                "--Gateway:Cache:NegativeLifetime=00:00:00",
                .. knobs,
            ]);
            node.Client.DefaultRequestHeaders.Add("X-Admin-Key", GatewayWithStub.OperatorKey);
            return node;
        }
    }

    public async Task PutFaultsAsync(params object[] rules)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_stub.Urls.Single()) };
        using var answer = await client.PutAsJsonAsync("/_stub/faults", rules);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until both nodes give direct playback, and tells the reversion; the time since the first breach is told in the test's output.</summary>
    public async Task<JsonElement> UntilRevertedAsync(Func<Task>? meanwhile = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        foreach (var client in Clients)
        {
            await Patience.UntilAsync(async () =>
            {
                if (meanwhile is not null) await meanwhile();
                return (await RolloutApi.ReadAsync(client)).State.TryGetProperty("lastReversion", out _);
            });
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"Reverted on both nodes after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
        var (state, _) = await RolloutApi.ReadAsync(B.Client);
        TestContext.Current.TestOutputHelper?.WriteLine(state.GetProperty("lastReversion").ToString());
        return state;
    }

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        await _stub.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
