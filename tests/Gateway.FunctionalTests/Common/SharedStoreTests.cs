using Microsoft.AspNetCore.Builder;

namespace Gateway.FunctionalTests.Common;

/// <summary>Tests of gateways, in processes of their own, that share a real PostgreSQL; skipped where that is not installed.</summary>
public abstract class SharedStoreTests : IAsyncLifetime
{
    private PostgresServer? _postgres;
    private WebApplication? _stub;

    private protected PostgresServer Postgres => _postgres!;

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.TryStartAsync();
        Assert.SkipWhen(_postgres is null, "PostgreSQL is not installed (Debian: apt-get install postgresql).");
        _stub = TranscoderStub.Program.Build(["--urls", "http://127.0.0.1:0"]);
        await _stub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_stub is not null) await _stub.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
    }

    /// <summary>One more gateway.</summary>
    private protected Task<GatewayProcess> StartNodeAsync(params string[] knobs) => GatewayProcess.StartAsync(
        new Uri(_stub!.Urls.Single()),
        [$"--ConnectionStrings:Sessions={Postgres.ConnectionString}", "--Gateway:Access:TicketKeys:0=k1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", .. knobs]);
}
