using System.Globalization;
using TranscoderStub.Access;
using TranscoderStub.Encoders;
using TranscoderStub.JustInTime;
using TranscoderStub.Live;
using TranscoderStub.LowLatency;
using TranscoderStub.Sources;
using TranscoderStub.Titles;

namespace TranscoderStub;

/// <summary>All knobs, read off the options: what the command line accepts, and what is told at start.</summary>
internal static class KnobTable
{
    private static readonly (string Section, Func<IConfiguration, string, object> Bind)[] s_sections =
    [
        ("Titles", Knobs.Bind<TitlesOptions>), ("Api", Knobs.Bind<ApiOptions>), ("Sources", Knobs.Bind<SourceOptions>), ("JustInTime", Knobs.Bind<JustInTimeOptions>),
        ("Encoding", Knobs.Bind<EncodingOptions>), ("Store", Knobs.Bind<SegmentStoreOptions>), ("Live", Knobs.Bind<LiveOptions>), ("LowLatency", Knobs.Bind<LowLatencyOptions>),
    ];

    /// <summary>Other names of some, which are the real back end's.</summary>
    public static readonly string[] Aliases = ["SEGMENTED_LOCAL_SEG_DURATION_SEC", "SEGMENTED_DASH_FRAGMENT_DURATION_RATIO", "SEGMENTED_STREAMING_CACHE_PATH", "TRANSCODE_CACHE_PATH"];

    /// <summary>Every key, such as <c>Transcoder:Store:Path</c>.</summary>
    public static IEnumerable<string> Keys => InEffect(new ConfigurationBuilder().Build()).SelectMany(s => s.Values.Select(v => $"Transcoder:{s.Section}:{v.Name}"));

    /// <summary>The values that count, by section; secrets only as being there or not.</summary>
    /// <exception cref="StartRefusedException">A value is malformed or out of range.</exception>
    public static IEnumerable<(string Section, IReadOnlyList<(string Name, string Value)> Values)> InEffect(IConfiguration configuration)
    {
        foreach (var (section, bind) in s_sections)
        {
            var options = bind(configuration, section);
            yield return (section, [.. options.GetType().GetProperties().Where(p => p.CanWrite).Select(p => (p.Name, Told(p.Name, p.GetValue(options))))]);
        }
    }

    private static string Told(string name, object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (text.Length == 0) return "(none)";
        return name == nameof(ApiOptions.Key) ? "***" : text;
    }
}
