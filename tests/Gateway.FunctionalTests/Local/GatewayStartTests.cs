using System.Net;
using System.Net.Sockets;

namespace Gateway.FunctionalTests.Local;

/// <summary>The product alone, started with a mistyped setting: a message that names the mistake, and no stack trace.</summary>
public sealed class GatewayStartTests
{
    [Theory]
    [InlineData("http://127.0.0.1:99999", "127.0.0.1:99999", "--urls=http://127.0.0.1:99999")]
    [InlineData("eighty", "Invalid url", "--urls=eighty")]
    [InlineData("http://192.0.2.1:0", "Cannot assign requested address", "--urls=http://192.0.2.1:0")]
    [InlineData("https://127.0.0.1:0", "nothing.pfx", "--Kestrel:Endpoints:a:Url=https://127.0.0.1:0", "--Kestrel:Endpoints:a:Certificate:Path=/nothing.pfx")]
    [InlineData("EventsFile", "cannot be written", "--urls=http://127.0.0.1:0", "--Gateway:Telemetry:EventsFile=/dev/null/events.ndjson")]
    [InlineData("Gateway:Prefetch:Segments", "'many' is not a whole number", "--Gateway:Prefetch:Segments=many")]
    [InlineData("ReverseProxy:Clusters:orgin", "Name it 'origin'", "--listen=127.0.0.1:0", "--ReverseProxy:Clusters:orgin:Destinations:a:Address=http://127.0.0.1:1/")]
    [InlineData("--listen", "'kitchen' is no address", "--listen=kitchen")]
    public Task Gateway_Misconfigured_NamesTheMistake(string named, string reason, params string[] arguments) => RefusedAsync(named, reason, arguments);

    [Fact]
    public async Task Gateway_PortTaken_NamesThePort()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var url = $"http://{occupant.LocalEndpoint}";
        await RefusedAsync(url, "address already in use", $"--urls={url}");
    }

    private static async Task RefusedAsync(string named, string reason, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The system's own messages differ.");
        await using var gateway = ProgramProcess.Start("Gateway.dll", arguments);

        var (code, errors) = await gateway.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains(named, errors, StringComparison.Ordinal);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
