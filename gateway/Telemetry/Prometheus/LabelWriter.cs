using System.Buffers;
using System.Globalization;
using OpenTelemetry;

namespace Gateway.Telemetry.Prometheus;

/// <summary>
/// Writes the tags of a point as <c>name="value",…</c> into a buffer of its own, because a histogram repeats them on every bucket.
/// </summary>
/// <remarks>Not thread-safe; used under the exporter's gate.</remarks>
internal sealed class LabelWriter
{
    /// <summary>Tag names come from code, so they are few; the bound only keeps a bug from growing without end.</summary>
    private const int MostNames = 4096;

    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Value)> _labels = [];
    private readonly ExpositionWriter _writer;

    public LabelWriter() => _writer = new ExpositionWriter(_buffer);

    /// <summary>The labels without braces; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(ReadOnlyTagCollection tags)
    {
        _labels.Clear();
        foreach (var tag in tags) Add(NameOf(tag.Key), Text(tag.Value));
        _buffer.ResetWrittenCount();
        foreach (var (name, value) in _labels)
        {
            if (_buffer.WrittenCount > 0) _writer.Raw(","u8);
            _writer.Name(name).Raw("=\""u8).LabelValue(value).Raw("\""u8);
        }

        return _buffer.WrittenSpan;
    }

    /// <summary>Two tags that differ only in what a label name cannot hold become one label; the specification joins their values by ';'.</summary>
    private void Add(string name, string value)
    {
        for (var i = 0; i < _labels.Count; i++)
        {
            if (!string.Equals(_labels[i].Name, name, StringComparison.Ordinal)) continue;
            _labels[i] = (name, $"{_labels[i].Value};{value}");
            return;
        }

        _labels.Add((name, value));
    }

    private string NameOf(string tag)
    {
        if (_names.TryGetValue(tag, out var name)) return name;
        name = SeriesName.Label(tag);
        if (_names.Count < MostNames) _names.Add(tag, name);
        return name;
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        true => "true",
        false => "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        Array many => string.Join(',', many.Cast<object?>().Select(Text)),
        _ => value.ToString() ?? "",
    };
}
