using System.Reflection;

namespace TranscoderStub;

/// <summary>
/// What a program answers instead of starting: the two questions, each alone, and a switch that it does not know. Switches are configuration, in the forms that
/// ASP.NET reads (<c>--key=value</c>, <c>--key value</c>, <c>/key=value</c>); sections that other parts check themselves are known as a whole.
/// </summary>
/// <param name="usage">Text of <c>--help</c>; <c>{version}</c> stands for the version.</param>
/// <param name="switches">Known keys, without dashes.</param>
/// <param name="sections">Known beginnings of keys, such as <c>Kestrel:</c>.</param>
internal sealed class ProgramSwitches(string usage, IReadOnlyCollection<string> switches, IReadOnlyCollection<string> sections)
{
    /// <summary>Keys of the host that every program here understands.</summary>
    public static readonly string[] HostSwitches = ["urls", "environment", "contentRoot", "applicationName", "http_ports", "https_ports", "shutdownTimeoutSeconds", "AllowedHosts"];

    /// <summary>The assembly's informational version, with the commit that it was built from where the build knew it.</summary>
    public static string Version { get; } =
        typeof(ProgramSwitches).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <returns>Exit code and what to print; null when the program is to start.</returns>
    public (int Code, string Text)? AnswerTo(string[] args)
    {
        if (args is ["--help"] or ["-h"]) return (0, usage.Replace("{version}", Version, StringComparison.Ordinal));
        if (args is ["--version"] or ["-v"]) return (0, Version);
        for (var at = 0; at < args.Length; at++)
        {
            var dashes = args[at].StartsWith("--", StringComparison.Ordinal) ? 2 : args[at] is ['-' or '/', ..] ? 1 : 0;
            var equals = args[at].IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? args[at][dashes..] : args[at][dashes..equals];
            if (dashes == 0 && equals < 0) return (1, $"'{args[at]}' is no switch. Switches are written --key=value; --help lists them.");
            if (!IsKnown(key)) return (1, $"There is no switch '{args[at][..dashes]}{key}'. The nearest is --{Nearest(key)}; --help tells of the others.");
            if (equals >= 0) continue;
            if (++at == args.Length) return (1, $"Switch '{args[at - 1]}' has no value. Write {args[at - 1]}=value.");
        }

        return null;
    }

    private bool IsKnown(string key) => switches.Contains(key, StringComparer.OrdinalIgnoreCase)
        || sections.Any(s => key.Length > s.Length && key.StartsWith(s, StringComparison.OrdinalIgnoreCase));

    // Who leaves the beginning out means the whole.
    private string Nearest(string key) => switches.FirstOrDefault(s => s.EndsWith($":{key}", StringComparison.OrdinalIgnoreCase)) ?? switches.Append("help").Append("version").MinBy(s => Distance(s.ToUpperInvariant(), key.ToUpperInvariant()))!;

    // Levenshtein's: insertions, deletions and replacements.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var above = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = above + (a[i - 1] == b[j - 1] ? 0 : 1);
                above = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
