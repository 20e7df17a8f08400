using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.Configuration;
using Gateway.Connections;
using Microsoft.Extensions.Logging.Console;
using TranscoderStub;

namespace Local;

/// <summary>
/// The demo: the gateway and an origin for it, in one process, so that one command on a fresh machine plays a video.
/// Every other argument and every environment variable reaches both programs as if they had been started alone.
/// </summary>
public static class Program
{
    private static readonly Dictionary<string, string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--gateway-port"] = GatewayPort,
        ["--stub-port"] = StubPort,
        ["--listen"] = Listen,
    };

    private const string GatewayPort = "LOCAL_GATEWAY_PORT";
    private const string StubPort = "LOCAL_STUB_PORT";
    private const string Listen = "LOCAL_LISTEN";

    private const string Usage =
        """
        Demo {version}: the streaming gateway and an origin for it in one process.

        Usage: dotnet run --project deploy/local -- [--listen 127.0.0.1] [--gateway-port 8080] [--stub-port 9090] [--Gateway:Section:Key=value ...] [--Transcoder:Section:Key=value ...]

          -h, --help         this text
          -v, --version      the version and the commit that it was built from
          --listen           address at which the gateway listens; also LOCAL_LISTEN; 0.0.0.0 lets every device of the network in: everybody may play then, as in all of the demo
          --gateway-port     port of the gateway; also LOCAL_GATEWAY_PORT; 0 takes any free one
          --stub-port        port of the origin on 127.0.0.1; also LOCAL_STUB_PORT; 0 takes any free one

        Every other setting reaches both programs as if they had been started alone: docs/configuration.md, docs/transcoder.md.
        """;

    // The gateway refuses unknown names below its own sections by itself.
    private static readonly ProgramSwitches s_commandLine = new(
        Usage, ["gateway-port", "stub-port", "listen", GatewayPort, StubPort, Listen, .. ProgramSwitches.HostSwitches, .. KnobTable.Keys, .. KnobTable.Aliases],
        ["Gateway:", "ReverseProxy:", "ConnectionStrings:", "Kestrel:", "Logging:", "OTEL_", "SEGMENTED_", "STREAMING_", "LISTEN_TOGETHER_"]);

    public static async Task<int> Main(string[] args)
    {
        if (s_commandLine.AnswerTo(args) is { } answer)
        {
            await (answer.Code == 0 ? Console.Out : Console.Error).WriteLineAsync(answer.Text);
            return answer.Code;
        }

        var settings = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args, Switches).Build();
        if (!TryReadPort(settings, GatewayPort, 8080, out var gatewayPort) || !TryReadPort(settings, StubPort, 9090, out var stubPort)) return 1;

        if (!ListenAddress.TryRead(settings[Listen] ?? "127.0.0.1", gatewayPort, out var address) || address.Port != gatewayPort)
        {
            await Console.Error.WriteLineAsync($"--listen: '{settings[Listen]}' is no address of a machine. Write 0.0.0.0 for all of this machine's, or one of them; the port is --gateway-port.");
            return 1;
        }

        var origins = new IPEndPoint(IPAddress.Loopback, stubPort);
        try
        {
            // Before anything else speaks: a taken port is the one line that counts.
            RefuseIfTaken(address, "gateway", "--gateway-port");
            RefuseIfTaken(origins, "transcoder-stub", "--stub-port");
            await using var stub = await StartAsync((a, adjust) => Task.FromResult(TranscoderStub.Program.Build(a, adjust)), args, origins, "transcoder-stub", "--stub-port");
            var origin = stub.Urls.First();
            await using var gateway = await StartAsync(
                Gateway.Program.BuildWarmAsync,
                [
                    .. ForDemo(), "--Gateway:Telemetry:ConsoleFormat=Text", $"--Gateway:Player:TitlesFile={Path.Combine(AppContext.BaseDirectory, "titles.json")}", $"--Gateway:Transcoder:Url={origin}/",
                    .. ForLive(settings, address), .. args, $"--ReverseProxy:Clusters:origin:Destinations:a:Address={origin}/",
                ],
                address, "gateway", "--gateway-port");
            Console.WriteLine(Greeting.Text(new Uri(gateway.Urls.First()), origin, address.Address, gateway.Configuration));

            // Both hosts hear Ctrl-C and SIGTERM for themselves; the gateway goes first, so that what it still serves finds its origin.
            await Task.WhenAny(gateway.WaitForShutdownAsync(), stub.WaitForShutdownAsync());
            await gateway.StopAsync();
            await stub.StopAsync();
            return 0;
        }
        catch (Exception refusal) when (refusal is StartRefusedException or WrongConfigurationException)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return 1;
        }
    }

    /// <summary>
    /// A demo is Development unless somebody says otherwise: it listens on this machine only, and its operator's page opens without a key. Its roll-out is over: whoever looks at it wants to see segments,
    /// where a service that only begins to move its viewers gives them one file. Nobody waits for its code to be compiled. First, so that what the caller says counts.
    /// </summary>
    private static string[] ForDemo() =>
    [
        "--Gateway:Rollout:Stage=4",
        .. Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is null && Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is null ? (string[])["--environment=Development", "--Gateway:Warmup:Limit=00:00:00"] : [],
    ];

    /// <summary>Live ingest has the transcoder read from and write to the gateway, whose address it has to know beforehand: a port of 0 is left to the caller, whom the gateway tells.</summary>
    private static string[] ForLive(IConfiguration settings, IPEndPoint gateway) =>
        settings.GetValue<bool>("Gateway:Live:Enabled") && gateway.Port != 0
            ? [$"--Gateway:Transcoder:SourceBaseUrl=http://{(Greeting.IsForAll(gateway.Address) ? new IPEndPoint(IPAddress.Loopback, gateway.Port) : gateway)}/"]
            : [];

    /// <exception cref="StartRefusedException">The port is taken; nothing of this host is left behind then.</exception>
    private static async Task<WebApplication> StartAsync(
        Func<string[], Action<WebApplicationBuilder>?, Task<WebApplication>> build, string[] args, IPEndPoint address, string name, string portSwitch)
    {
        var app = await build([.. args, $"--urls=http://{address}"], builder =>
        {
            // The host tells a refused start with a stack trace; here it becomes one line. What goes well is told by the greeting.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
            foreach (var talkative in (string[])["Microsoft", "Gateway", "Yarp"]) builder.Logging.AddFilter(talkative, LogLevel.Warning);
            // An origin that is away fails every try; that it is away, and that it is back, is told once.
            builder.Logging.AddFilter("Gateway.Origin", LogLevel.Error).AddFilter("Gateway.Origin.DestinationHealthLog", LogLevel.Information);
            builder.Logging.AddFilter("Yarp.ReverseProxy.Health", LogLevel.Error);
            // The demo is open on purpose; the greeting says whom that lets in.
            builder.Logging.AddFilter("Gateway.Access", LogLevel.Error);
            builder.Logging.AddConsole(console => console.FormatterName = PlainConsole.FormatterName).AddConsoleFormatter<PlainConsole, ConsoleFormatterOptions>();
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        });
        try
        {
            await app.StartAsync();
            return app;
        }
        catch (IOException)
        {
            // Somebody was quicker between the look at the port and the start.
            await app.DisposeAsync();
            throw Taken(address, name, portSwitch);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static void RefuseIfTaken(IPEndPoint address, string name, string portSwitch)
    {
        using var attempt = new TcpListener(address);
        try
        {
            attempt.Start();
        }
        catch (SocketException refusal)
        {
            throw refusal.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? Taken(address, name, portSwitch)
                : new StartRefusedException($"Port {address.Port} on {address.Address} for the {name} cannot be used: {refusal.Message}. Choose another one: {portSwitch} 8080");
        }
    }

    private static StartRefusedException Taken(IPEndPoint address, string name, string portSwitch) => new(
        $"Port {address.Port} on {address.Address} for the {name} is taken. Stop what listens there, or choose another one: {portSwitch} {(address.Port < 65535 ? address.Port + 1 : address.Port - 1)}");

    private static bool TryReadPort(IConfiguration settings, string key, int preset, out int port)
    {
        var given = settings[key];
        port = preset;
        if (string.IsNullOrEmpty(given)) return true;
        if (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535) return true;
        var option = Switches.First(s => s.Value == key).Key;
        Console.Error.WriteLine($"{option}: '{given}' is not a port. Allowed: 0 to 65535; 0 takes any free one.");
        return false;
    }
}
