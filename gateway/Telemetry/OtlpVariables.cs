using System.Collections.Frozen;
using System.Globalization;

namespace Gateway.Telemetry;

/// <summary>
/// Reports which standard export variables hold a value that the SDK ignores. The specification wants such values ignored with a
/// warning; the SDK writes its warnings where nobody looks, and then exports elsewhere than intended.
/// </summary>
internal static partial class OtlpVariables
{
    private static readonly FrozenSet<string> Protocols = FrozenSet.Create(StringComparer.Ordinal, "grpc", "http/protobuf");

    private static readonly FrozenSet<string> Samplers = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio");

    /// <summary>One warning for each value that is ignored.</summary>
    public static void Warn(IConfiguration configuration, ILogger logger)
    {
        foreach (var (name, allowed) in Ignored(configuration)) LogIgnored(logger, name, configuration[name]!, allowed);
    }

    /// <summary>Names of the variables whose values are ignored, each with what is allowed.</summary>
    public static IEnumerable<(string Name, string Allowed)> Ignored(IConfiguration configuration)
    {
        foreach (var signal in (string[])["", "METRICS_", "TRACES_"])
        {
            if (Given($"OTEL_EXPORTER_OTLP_{signal}ENDPOINT") is { } endpoint && !IsUrl(endpoint))
                yield return ($"OTEL_EXPORTER_OTLP_{signal}ENDPOINT", "an absolute http or https URL such as http://127.0.0.1:4317");
            if (Given($"OTEL_EXPORTER_OTLP_{signal}PROTOCOL") is { } protocol && !Protocols.Contains(protocol))
                yield return ($"OTEL_EXPORTER_OTLP_{signal}PROTOCOL", string.Join(", ", Protocols.Order(StringComparer.Ordinal)));
        }

        if (Given("OTEL_TRACES_SAMPLER") is { } sampler && !Samplers.Contains(sampler))
            yield return ("OTEL_TRACES_SAMPLER", string.Join(", ", Samplers.Order(StringComparer.Ordinal)));
        if (Given("OTEL_TRACES_SAMPLER_ARG") is { } share && !IsShare(share))
            yield return ("OTEL_TRACES_SAMPLER_ARG", "a number from 0 to 1");

        string? Given(string name) => configuration[name] is { Length: > 0 } value ? value : null;
    }

    private static bool IsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);

    private static bool IsShare(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1;

    // Next free id: 6012.
    [LoggerMessage(6011, LogLevel.Warning, "{Name}: '{Given}' is ignored. Allowed: {Allowed}", EventName = "VariableIgnored")]
    private static partial void LogIgnored(ILogger logger, string name, string given, string allowed);
}
