using System.Buffers;
using System.Text;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Copies runs of segments one behind another, each with what belongs to it. Keys and initialisation sections that hold on from before a run are written where they change and nowhere else: what is
/// copied is copied again by the next update, and would carry all that ever were.
/// </summary>
internal sealed class HlsSegmentText
{
    /// <summary>Initialisation section and keys that hold at once: one for each DRM system.</summary>
    private const int MostHeld = 16;

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly List<(string Kind, byte[] Line)> _inForce = [];

    public ReadOnlySpan<byte> Written => _output.WrittenSpan;

    /// <summary>Appends segments of a playlist.</summary>
    /// <param name="text">The playlist.</param>
    /// <param name="from">How many of its segments come before the first one.</param>
    /// <param name="to">How many come before the first one that is not wanted.</param>
    public void Append(ReadOnlySpan<byte> text, long from, long to)
    {
        var held = new List<(string Kind, byte[] Line)>();
        var segment = 0L;
        for (var lines = new HlsLines(text); segment < to && lines.MoveNext();)
        {
            var kind = KindOf(lines.Content);
            if (kind is not null && segment < from)
            {
                Hold(held, kind, lines.Content.ToArray());
            }
            else if (segment >= from && (kind is not null || IsOfSegment(lines)))
            {
                foreach (var (of, line) in held) Force(of, line);
                held.Clear();
                if (kind is not null) Force(kind, lines.Content.ToArray());
                else WriteLine(text[lines.Start..lines.End]);
            }

            if (lines.IsReference) segment++;
        }
    }

    /// <summary>Appends what holds on behind a segment of a playlist.</summary>
    /// <param name="text">The playlist.</param>
    /// <param name="to">How many of its segments there are up to and with that one.</param>
    public void AppendHeld(ReadOnlySpan<byte> text, long to)
    {
        var held = new List<(string Kind, byte[] Line)>();
        var segment = 0L;
        for (var lines = new HlsLines(text); segment < to && lines.MoveNext();)
        {
            if (KindOf(lines.Content) is { } kind) Hold(held, kind, lines.Content.ToArray());
            if (lines.IsReference) segment++;
        }

        foreach (var (of, line) in held) Force(of, line);
    }

    private void Force(string kind, byte[] line)
    {
        foreach (var known in _inForce)
        {
            if (known.Kind == kind && known.Line.AsSpan().SequenceEqual(line)) return;
        }

        Hold(_inForce, kind, line);
        WriteLine(line);
    }

    /// <summary>What a tag that holds on takes the place of; null for other lines.</summary>
    private static string? KindOf(ReadOnlySpan<byte> content) =>
        content.StartsWith("#EXT-X-MAP:"u8) ? "MAP"
        : content.StartsWith("#EXT-X-KEY:"u8) ? "KEY " + Encoding.UTF8.GetString(HlsAttributes.Find(content["#EXT-X-KEY:"u8.Length..], "KEYFORMAT"u8))
        : null;

    private static void Hold(List<(string Kind, byte[] Line)> held, string kind, byte[] line)
    {
        var endsKeys = kind != "MAP" && HlsAttributes.Find(line.AsSpan("#EXT-X-KEY:"u8.Length), "METHOD"u8).SequenceEqual("NONE"u8);
        for (var i = held.Count - 1; i >= 0; i--)
        {
            if (held[i].Kind == kind || (endsKeys && held[i].Kind != "MAP")) held.RemoveAt(i);
        }

        if (held.Count == MostHeld) held.RemoveAt(0);
        held.Add((kind, line));
    }

    private static bool IsOfSegment(HlsLines lines)
    {
        var content = lines.Content;
        return lines.IsReference || content.StartsWith("#EXTINF:"u8) || content.StartsWith("#EXT-X-BYTERANGE:"u8)
            || content.StartsWith("#EXT-X-PROGRAM-DATE-TIME:"u8) || content.SequenceEqual("#EXT-X-DISCONTINUITY"u8) || content.SequenceEqual("#EXT-X-GAP"u8);
    }

    private void WriteLine(ReadOnlySpan<byte> line)
    {
        _output.Write(line);
        if (line[^1] is not ((byte)'\n' or (byte)'\r')) _output.Write("\n"u8);
    }
}
