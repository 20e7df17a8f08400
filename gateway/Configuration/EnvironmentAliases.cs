using System.Globalization;
using Microsoft.Extensions.Configuration.Json;

namespace Gateway.Configuration;

/// <summary>
/// Other names of knobs in the environment, as players' front ends have them. Each has the precedence of the environment. A knob that has a value under both names, and not the same one, refuses the
/// start: nobody could tell which was meant.
/// </summary>
internal static class EnvironmentAliases
{
    /// <summary>A value that is worked out by the gateway; setting it has no effect.</summary>
    public const string Derived = "SEGMENTED_EFFECTIVE_FRAGMENT_DURATION_SEC";

    private const string CachePath = "SEGMENTED_STREAMING_CACHE_PATH";

    private static readonly EnvironmentAlias[] Known =
    [
        new("STREAMING_ENGINE_MODE", ["Rollout:EngineMode"], "howler, videojs", static text => text.ToLowerInvariant() switch { "howler" => "Direct", "videojs" => "Segmented", _ => null }),
        new("SEGMENTED_SESSION_PREWARM_ENABLED", ["Sessions:PrewarmEnabled"], "true, false", Flag),
        new("LISTEN_TOGETHER_SEGMENTED_PLAYBACK_ENABLED", ["Rollout:GroupsSegmented"], "true, false", Flag),
        new("SEGMENTED_STARTUP_FALLBACK_TIMEOUT_MS", ["Player:StartupTimeout", "Transcoder:StartPatience"], "1500 to 22000", static text => Milliseconds(text, 1500, 22_000)),
        new("SEGMENTED_VHS_PROFILE", ["Player:Profile"], "balanced, legacy", static text => text.ToLowerInvariant() switch { "balanced" => "Balanced", "legacy" => "Legacy", _ => null }),
        new("USE_MSE_STREAMING", ["Player:Progressive"], "true, false", Flag),
        new("SEGMENTED_LOCAL_SEG_DURATION_SEC", ["Player:SegmentDurationSec"], "a number above 0", Positive),
        new("SEGMENTED_DASH_FRAGMENT_DURATION_RATIO", ["Player:FragmentDurationRatio"], "a number above 0", Positive),
        new("STREAMING_ENABLED", ["Live:Enabled"], "true, false", Flag),
        // The transcoder keeps what it makes below the same folder.
        new(CachePath, ["Live:Folder"], "a folder that this process may write in", LiveFolder),
        new("TRANSCODE_CACHE_PATH", ["Live:Folder"], "a folder that this process may write in", LiveFolder, YieldsTo: CachePath),
    ];

    /// <summary>The names that there are, and the knobs that they stand for.</summary>
    public static IEnumerable<(string Variable, IReadOnlyList<string> Keys)> All => Known.Select(alias => (alias.Variable, alias.Keys));

    /// <summary>Takes the aliases that are set. An empty value means "not set".</summary>
    /// <exception cref="WrongConfigurationException">A value is none, or differs from what the knob's own name says.</exception>
    public static WebApplicationBuilder AddEnvironmentAliases(this WebApplicationBuilder builder)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var errors = new List<string>();
        foreach (var alias in Known)
        {
            if (builder.Configuration[alias.Variable]?.Trim() is not { Length: > 0 } text) continue;
            if (alias.YieldsTo is { } first && !string.IsNullOrWhiteSpace(builder.Configuration[first])) continue;
            if (alias.Read(text) is not { } value)
            {
                errors.Add($"{alias.Variable}: '{text}' is not allowed. Allowed: {alias.Allowed}. Remove the variable for the default.");
                continue;
            }

            foreach (var name in alias.Keys)
            {
                var key = $"{OptionsSection.Root}:{name}";
                if (Own(builder.Configuration, key) is { Length: > 0 } own && !string.Equals(own.Trim(), value, StringComparison.OrdinalIgnoreCase))
                    errors.Add($"{alias.Variable} is '{text}', which is {key}={value}, and {key} is set to '{own}'. Set one of the two.");
                values[key] = value;
            }
        }

        if (errors.Count > 0) throw new WrongConfigurationException(errors);
        if (values.Count > 0) builder.Configuration.AddInMemoryCollection(values);
        return builder;
    }

    /// <summary>What the knob's own name says in the environment or on the command line; settings files show every knob, and the environment comes before them.</summary>
    private static string? Own(ConfigurationManager configuration, string key)
    {
        string? own = null;
        foreach (var provider in ((IConfigurationRoot)configuration).Providers)
        {
            if (provider is not JsonConfigurationProvider && provider.TryGet(key, out var value) && !string.IsNullOrEmpty(value)) own = value;
        }

        return own;
    }

    private static string? Flag(string text) => bool.TryParse(text, out var flag) ? flag ? "true" : "false" : null;

    private static string? Milliseconds(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms >= least && ms <= most
            ? TimeSpan.FromMilliseconds(ms).ToString("c", CultureInfo.InvariantCulture)
            : null;

    private static string? Positive(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0 && double.IsFinite(number) ? text : null;

    /// <summary>A folder of its own below the one that is named, which is created if missing: a start that cannot write there is refused with the variable's name, not hours later with the first upload.</summary>
    private static string? LiveFolder(string text)
    {
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(text, "live")).FullName;
            using (new FileStream(Path.Combine(folder, $".{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
                return folder;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <param name="Variable">The other name.</param>
    /// <param name="Keys">The knobs that it sets.</param>
    /// <param name="Allowed">Its values, as a refusal tells them.</param>
    /// <param name="Read">The knob's value; null for a value that is none.</param>
    /// <param name="YieldsTo">A variable that counts instead where both are set.</param>
    private sealed record EnvironmentAlias(string Variable, IReadOnlyList<string> Keys, string Allowed, Func<string, string?> Read, string? YieldsTo = null);
}
