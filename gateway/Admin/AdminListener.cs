using Gateway.Configuration;
using Gateway.Problems;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateway.Admin;

/// <summary>
/// Separate listening addresses for operators (<see cref="AdminOptions.Urls"/>): only there are <c>/admin</c> and <c>/metrics</c>, and no media. Requests are told apart by the port that a
/// connection came in at, which no header can change.
/// </summary>
internal sealed class AdminListener
{
    private static readonly PathString[] ForOperators = ["/admin", "/metrics"];

    /// <summary>Paths of the operator's page, and those that monitoring reads.</summary>
    private static readonly PathString[] Beside = ["/health", "/css", "/js", "/icon.svg"];

    private readonly IServer _server;
    private readonly int[] _configured;
    private volatile int[] _ports;

    public AdminListener(AdminOptions options, IServer server, IHostApplicationLifetime lifetime)
    {
        _server = server;
        _configured = [.. AdminOptions.UrlsIn(options.Urls).Select(url => BindingAddress.Parse(url).Port)];
        _ports = _configured;
        lifetime.ApplicationStarted.Register(Learn);
    }

    /// <summary>Opens the addresses beside those that the gateway listens at in any case.</summary>
    /// <exception cref="WrongConfigurationException">They share a port with another address, by which they could not be told apart.</exception>
    public static void Open(WebApplicationBuilder builder)
    {
        if (AdminOptions.FaultOfUrls(builder.Configuration[$"{OptionsSection.Root}:Admin:Urls"]) is not null) return;
        var own = AdminOptions.UrlsIn(builder.Configuration[$"{OptionsSection.Root}:Admin:Urls"]).ToArray();
        if (own.Length == 0) return;
        var endpoints = builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"] ?? "").ToArray();
        var others = endpoints.Length > 0 ? endpoints : Listening(builder.Configuration);
        var ports = own.Select(url => BindingAddress.Parse(url).Port).ToArray();
        if (endpoints.Length > 0 && ports.Contains(0)) throw new WrongConfigurationException([$"{OptionsSection.Root}:Admin:Urls: beside the section Kestrel:Endpoints the port must be a number above 0."]);
        if (others.Any(url => TryPort(url, out var port) && port != 0 && ports.Contains(port)))
            throw new WrongConfigurationException([$"{OptionsSection.Root}:Admin:Urls: another address of the gateway has the same port. Give the operators' addresses a port that nothing else has."]);
        if (endpoints.Length == 0)
        {
            builder.WebHost.UseUrls([.. others, .. own]);
            return;
        }

        // With endpoints configured, Kestrel looks at no other addresses.
        builder.Configuration.AddInMemoryCollection(own.Select((url, i) => KeyValuePair.Create($"Kestrel:Endpoints:GatewayAdmin{i}:Url", (string?)url)));
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        var isTheirs = IsBelow(path, ForOperators);
        var isHere = _ports.AsSpan().Contains(context.Connection.LocalPort) && context.Connection.LocalPort != 0;
        return isHere == isTheirs || (isHere && IsBelow(path, Beside)) ? next(context) : ProblemDocument.WriteAsync(context, ProblemCode.RouteNotFound);
    }

    private static string[] Listening(ConfigurationManager configuration)
    {
        if (configuration["urls"] is { Length: > 0 } urls) return urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] ports = [.. PortsOf("http", configuration["http_ports"]), .. PortsOf("https", configuration["https_ports"])];
        return ports.Length > 0 ? ports : ["http://localhost:5000"];
    }

    private static IEnumerable<string> PortsOf(string scheme, string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(port => $"{scheme}://*:{port}");

    private static bool TryPort(string url, out int port)
    {
        port = 0;
        try
        {
            port = BindingAddress.Parse(url).Port;
            return true;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            // The check of the options reports what is wrong with it.
            return false;
        }
    }

    private static bool IsBelow(PathString path, PathString[] roots)
    {
        foreach (var root in roots)
        {
            if (path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>A port of 0 is any free one. The operators' addresses were opened last.</summary>
    private void Learn()
    {
        var bound = _server.Features.Get<IServerAddressesFeature>()?.Addresses.ToArray() ?? [];
        if (!_configured.Contains(0) || bound.Length < _configured.Length) return;
        _ports = [.. bound[^_configured.Length..].Select(url => BindingAddress.Parse(url).Port)];
    }
}
