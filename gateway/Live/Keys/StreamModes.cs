using System.Collections.Frozen;

namespace Gateway.Live.Keys;

/// <summary>The names of <see cref="StreamMode"/> on the wire.</summary>
internal static class StreamModes
{
    public static readonly FrozenDictionary<string, StreamMode> ByName = new Dictionary<string, StreamMode>(StringComparer.Ordinal)
    {
        ["sbs"] = StreamMode.SideBySide,
        ["anaglyph"] = StreamMode.Anaglyph,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string NameOf(StreamMode mode) => mode == StreamMode.Anaglyph ? "anaglyph" : "sbs";
}
