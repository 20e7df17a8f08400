using Gateway.Configuration;

namespace Gateway;

/// <summary>
/// Finds the word on the command line that nobody reads, so that a slip of the pen is told instead of passed over. Switches are configuration in the forms that ASP.NET reads (<c>--key=value</c>,
/// <c>--key value</c>, <c>/key=value</c>). What lies in a section is known here as a whole: the names below Gateway are checked with their values, those of other sections by who owns them.
/// </summary>
internal static class UnknownSwitch
{
    private static readonly string[] Host =
    [
        "urls", ListenSwitch.Key, "environment", "contentRoot", "applicationName", "webroot", "http_ports", "https_ports", "https_port", "AllowedHosts", "shutdownTimeoutSeconds", "detailedErrors", "captureStartupErrors",
        "suppressStatusMessages", "preferHostingUrls", "hostingStartupAssemblies", "hostingStartupExcludeAssemblies", "preventHostingStartup", "startupAssembly", "forwardedHeaders_enabled",
    ];

    private static readonly string[] Sections = [$"{OptionsSection.Root}:", "ReverseProxy:", "ConnectionStrings:", "Kestrel:", "Logging:", "HostBuilder:", "HostOptions:", "OTEL_"];

    /// <summary>What is wrong with the first word that is no switch, is not known, or lacks its value; null where all are good.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="examples">Keys in sections that a nearest one is looked for among.</param>
    public static string? In(string[] args, IEnumerable<string> examples)
    {
        string[] known = [.. Host, .. EnvironmentAliases.All.Select(alias => alias.Variable), EnvironmentAliases.Derived];
        for (var at = 0; at < args.Length; at++)
        {
            var dashes = args[at].StartsWith("--", StringComparison.Ordinal) ? 2 : args[at] is ['-' or '/', ..] ? 1 : 0;
            var equals = args[at].IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? args[at][dashes..] : args[at][dashes..equals];
            if (dashes == 0 && equals < 0) return $"'{args[at]}' is no switch. Switches are written --key=value; --help tells of them.";
            if (key is "help" or "version") return $"'--{key}' answers when it stands alone.";
            if (!known.Contains(key, StringComparer.OrdinalIgnoreCase) && !Sections.Any(s => key.Length > s.Length && key.StartsWith(s, StringComparison.OrdinalIgnoreCase)))
                return $"There is no switch '{args[at][..dashes]}{key}'. The nearest is --{Nearest(key, [.. examples, .. known, "help", "version"])}; --help tells of the others.";
            if (equals < 0 && ++at == args.Length) return $"Switch '{args[at - 1]}' has no value. Write {args[at - 1]}=value.";
        }

        return null;
    }

    // Who leaves the section out means the knob in it.
    private static string Nearest(string key, string[] known) =>
        known.FirstOrDefault(k => k.EndsWith($":{key}", StringComparison.OrdinalIgnoreCase)) ?? known.MinBy(k => Spelling.Distance(k, key))!;
}
