using System.Text.RegularExpressions;
using Gateway.Telemetry;

namespace Gateway;

/// <summary>
/// What the program answers instead of starting: the two questions, each alone, and a switch that it does not know. Everything else on the command line is configuration, as ASP.NET reads it.
/// </summary>
internal static partial class CommandLine
{
    private const string Usage =
        """
        Streaming gateway {version}
        Stands before an HLS or DASH origin: rewrites manifests, lets in who may, fetches ahead, and serves many viewers with one origin request.

        Usage: dotnet run --project gateway -- [--urls http://0.0.0.0:8080] [--Section:Key=value ...]
               dotnet Gateway.dll              [--urls http://0.0.0.0:8080] [--Section:Key=value ...]

          -h, --help       this text
          -v, --version    the version and the commit that it was built from

        Settings come from appsettings.json beside the program, then the environment, then the command line; of these the later one wins:
          "Gateway": { "Cache": { "MaxBytes": 1073741824 } }
          Gateway__Cache__MaxBytes=1073741824
          --Gateway:Cache:MaxBytes=1073741824
        A wrong value or an unknown name below Gateway refuses the start with one message that lists every error; an unknown switch, with the nearest known one.

        The ones to begin with:
          --urls                                                        addresses to listen at; with semicolons, several
          --listen                                                      the same as an address: 0.0.0.0 lets other devices in; port 8080 if none is written
          --ReverseProxy:Clusters:origin:Destinations:a:Address         the origin, http://host:port/
          --Gateway:Access:Mode                                         Open: everybody may play; Token: who shows a JWT or an EdgeAuth token
          --Gateway:Access:Jwks                                         keys of the JWTs: path or URL of a JWK set
          --Gateway:Access:TicketKeys:0                                 secret that signs the URLs of sessions; the same on all gateways
          --Gateway:Access:TrustedProxies:0                             balancer in front, whose X-Forwarded-* is believed
          --Gateway:Admin:ApiKey                                        what operators send as X-Admin-Key
          --Gateway:Admin:Urls                                          an address of their own for /admin and /metrics
          --Gateway:Cache:MaxBytes                                      memory of the cache
          --Gateway:Prefetch:Segments                                   segments fetched ahead
          --Gateway:Telemetry:EventsFile                                file of the event log
          --ConnectionStrings:Sessions                                  PostgreSQL in which several gateways share their sessions

        All of them: docs/configuration.md. Routes: docs/http.md, and /openapi/v1.json of a running gateway. What to do when an alert comes: docs/runbook.md.
        """;

    /// <returns>Exit code and what to print instead of starting; null when the program is to start.</returns>
    public static (int Code, string Text)? AnswerTo(string[] args) => args switch
    {
        ["--help"] or ["-h"] => (0, Usage.Replace("{version}", BuildMetrics.Version, StringComparison.Ordinal)),
        ["--version"] or ["-v"] => (0, BuildMetrics.Version),
        _ => UnknownSwitch.In(args, Named().Matches(Usage).Select(m => m.Groups["key"].Value)) is { } wrong ? (1, wrong) : null,
    };

    [GeneratedRegex(@"^ {2}--(?<key>[A-Za-z]+:[A-Za-z0-9:]+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}
