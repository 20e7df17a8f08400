using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using Gateway.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Docs;

/// <summary><c>docs/configuration.md</c>, from the options classes: their comments, defaults and ranges.</summary>
internal static class ConfigurationPage
{
    private const string Opening =
        """
        # Configuration

        Made by `tests/docs` from the options classes and their comments; change those, not this file.

        Each knob below lies in the section `Gateway` and is written, in rising order of precedence,

        - in `appsettings.json` beside the program (`gateway/appsettings.json` before it is built): `"Gateway": { "Cache": { "MaxBytes": 1073741824 } }`
        - in the environment: `Gateway__Cache__MaxBytes=1073741824`; an element of a list by its number: `Gateway__Access__TicketKeys__0=…`
        - on the command line: `--Gateway:Cache:MaxBytes=1073741824`

        Time spans are written `hours:minutes:seconds`, with days in front as `1.00:00:00`; sizes are bytes. An empty value in the environment means "not set". A wrong value or an unknown name refuses the
        start with one message that lists every error: key, given value, what is allowed, what to do. `appsettings.json` shows every knob with its default. Addresses, HTTPS and HTTP/3 are Kestrel's own
        settings (`--urls`, section `Kestrel`).

        Keys of operators and tickets, bearer keys, the database's password and the section `Rollout` may change while the gateway runs ([access](access.md#secrets-from-files)); everything else is read at the start.

        """;

    private const string Closing =
        """

        ## Beside the section Gateway

        | key | effect |
        | --- | --- |
        | `ReverseProxy` | [YARP's own section](https://learn.microsoft.com/aspnet/core/fundamentals/servers/yarp/config-files): clusters, routes, load balancing, health checks, HTTP clients. Read again when the file changes. The cluster `origin` is the one behind `/play` |
        | `ReverseProxy:Clusters:{id}:Metadata:Media` | `true`: manifests may lead to this cluster's destinations |
        | `ReverseProxy:Clusters:{id}:Metadata:Media.Hosts` | Hosts, comma separated, whose URLs in manifests are this cluster's |
        | `ReverseProxy:Clusters:{id}:Metadata:Media.Methods` | Methods besides GET, HEAD and OPTIONS, comma separated, that go through within a session, without the gateway's own `Origin:BearerKeys` |
        | `ReverseProxy:Clusters:{id}:Metadata:Source` | `local` or `external`: clients may name the cluster as a title's `source`, and the roll-out's stages tell the two apart |
        | `ReverseProxy:Routes:{id}:Metadata:Gateway.Cache` | `true`: a shared cache by RFC 9111 before this route |
        | `ReverseProxy:Routes:{id}:Metadata:Gateway.Cache.SharedCookies` | `true`: an answer with `Set-Cookie` is kept where RFC 9111 lets it be, and the cookie goes to everybody |
        | `ConnectionStrings:Sessions` | PostgreSQL in which several gateways share their sessions ([clustering](clustering.md)); empty: in memory |
        | `ConnectionStrings:SessionsFile` | File that holds it. Read again when it changes; of the new one only the password counts |
        | `STREAMING_ENGINE_MODE` | `howler`: `Rollout:EngineMode` is `Direct`; `videojs`: `Segmented`. Like the six below, another name of a knob, with the precedence of the environment; a knob that has another value under its own name refuses the start |
        | `SEGMENTED_SESSION_PREWARM_ENABLED` | `Sessions:PrewarmEnabled` |
        | `LISTEN_TOGETHER_SEGMENTED_PLAYBACK_ENABLED` | `Rollout:GroupsSegmented` |
        | `SEGMENTED_STARTUP_FALLBACK_TIMEOUT_MS` | 1500 to 22000: `Player:StartupTimeout` and `Transcoder:StartPatience` |
        | `SEGMENTED_VHS_PROFILE` | `balanced`, `legacy`: `Player:Profile` |
        | `USE_MSE_STREAMING` | `Player:Progressive` |
        | `SEGMENTED_LOCAL_SEG_DURATION_SEC`, `SEGMENTED_DASH_FRAGMENT_DURATION_RATIO` | `Player:SegmentDurationSec`, `Player:FragmentDurationRatio`. `SEGMENTED_EFFECTIVE_FRAGMENT_DURATION_SEC` is their product; setting it has no effect and is told at the start |
        | `OTEL_EXPORTER_OTLP_ENDPOINT` and the other standard variables | Traces, and metrics by push, by OTLP. Without an endpoint no span is made |
        | `DOTNET_gcServer`, `DOTNET_GCHeapCount`, `DOTNET_GCConserveMemory` | .NET's own: `DOTNET_gcServer=0` takes the workstation collector instead of the server's |

        """;

    public static string Text()
    {
        using var app = Gateway.Program.Build([]);
        var sections = app.Services.GetServices<OptionsSection>().ToArray();
        var comments = new XmlComments(typeof(OptionsSection).Assembly, reference => KeyOf(reference, sections));
        var page = new StringBuilder(Opening);
        foreach (var section in sections)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {NameOf(section)}\n\n{comments.SummaryOf(section.OptionsType)}\n\n| knob | default | allowed | effect |\n| --- | --- | --- | --- |\n");
            var defaults = Activator.CreateInstance(section.OptionsType)!;
            foreach (var property in section.OptionsType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
            {
                var effect = comments.SummaryOf(property);
                Assert.True(effect.Length > 0, $"{NameOf(section)}:{property.Name} has no comment that says what it does");
                if (property.IsDefined(typeof(SecretAttribute))) effect += " Secret: its value is never shown.";
                page.Append(CultureInfo.InvariantCulture, $"| `{NameOf(section)}:{property.Name}` | {Shown(property.GetValue(defaults))} | {Allowed(property)} | {effect.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            }
        }

        return page.Append(Closing).ToString();
    }

    private static string NameOf(OptionsSection section) => section.Path[(OptionsSection.Root.Length + 1)..];

    /// <summary>A reference to a knob, in comments a property, is written as operators write it.</summary>
    private static string? KeyOf(string reference, OptionsSection[] sections) =>
        sections.FirstOrDefault(s => reference.StartsWith($"P:{s.OptionsType.FullName}.", StringComparison.Ordinal)) is { } section
            ? $"{NameOf(section)}:{reference[(reference.LastIndexOf('.') + 1)..]}"
            : null;

    private static string Allowed(PropertyInfo property)
    {
        if (property.GetCustomAttribute<RangeAttribute>() is { } range) return $"{Word(range.Minimum)} – {Word(range.Maximum)}";
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum) return string.Join(", ", Enum.GetNames(type));
        return type == typeof(bool) ? "true, false" : "–";
    }

    private static string Shown(object? value) => Word(value) is { Length: > 0 } word ? $"`{word}`" : "–";

    private static string Word(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        TimeSpan span => Trimmed(span.ToString("c", CultureInfo.InvariantCulture)),
        System.Collections.IEnumerable list and not string => string.Join(",", list.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary><c>00:00:00.2000000</c> without the zeros that say nothing.</summary>
    private static string Trimmed(string span) => span.LastIndexOf('.') > span.LastIndexOf(':') ? span.TrimEnd('0') : span;
}
