using System.Buffers;
using System.Buffers.Text;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Leaves out of an MPD what is above a bitrate: whole Representation elements of adaptation sets with a picture. Every other byte stays. Of each set at least
/// the lowest stays, else there would be nothing to play. Sound stays: it is the smaller part, and a set of it may be needed by every picture.
/// </summary>
internal static class DashLadderCap
{
    private static ReadOnlySpan<byte> Set => "AdaptationSet"u8;

    private static ReadOnlySpan<byte> Rung => "Representation"u8;

    /// <param name="document">An MPD in an encoding whose markup is ASCII; any other has nothing to leave out.</param>
    /// <param name="bitsPerSecond">What <c>@bandwidth</c> may be.</param>
    /// <param name="output">Takes the shorter MPD; untouched when nothing is left out.</param>
    /// <returns>Whether anything is left out.</returns>
    public static bool TryApply(ReadOnlySpan<byte> document, long bitsPerSecond, IBufferWriter<byte> output)
    {
        if (DashEncoding.Detect(document, out _) != DashEncoding.Kind.Bytes) return false;
        var removed = new List<(int Start, int End)>();
        var set = new List<(int Start, int End, long Bandwidth)>();
        var showsPicture = false;
        var open = -1;
        long bandwidth = 0;
        var cursor = new XmlCursor(document, 0);
        while (true)
        {
            switch (cursor.Read())
            {
                case XmlTokenKind.StartTag when Is(cursor.Name, Set):
                    set.Clear();
                    showsPicture = IsPicture(document, cursor.Attributes);
                    break;
                case XmlTokenKind.StartTag when Is(cursor.Name, Rung):
                    showsPicture |= IsPicture(document, cursor.Attributes);
                    bandwidth = BandwidthOf(document, cursor.Attributes);
                    if (cursor.IsEmpty) set.Add((cursor.Start, cursor.End, bandwidth));
                    else open = cursor.Start;
                    break;
                case XmlTokenKind.EndTag when Is(cursor.Name, Rung) && open >= 0:
                    set.Add((open, cursor.End, bandwidth));
                    open = -1;
                    break;
                case XmlTokenKind.EndTag when Is(cursor.Name, Set):
                    if (showsPicture) Choose(set, bitsPerSecond, removed);
                    set.Clear();
                    break;
                case XmlTokenKind.StartTag or XmlTokenKind.EndTag or XmlTokenKind.Opaque:
                    break;
                case XmlTokenKind.End:
                    return Write(document, removed, output);
                default:
                    // No MPD that anybody should cut: the rewriter says what is wrong with it.
                    return false;
            }
        }
    }

    private static void Choose(List<(int Start, int End, long Bandwidth)> set, long bitsPerSecond, List<(int Start, int End)> removed)
    {
        var lowest = long.MaxValue;
        foreach (var rung in set) lowest = Math.Min(lowest, rung.Bandwidth);
        foreach (var (start, end, bandwidth) in set)
        {
            if (bandwidth > Math.Max(bitsPerSecond, lowest)) removed.Add((start, end));
        }
    }

    private static bool Write(ReadOnlySpan<byte> document, List<(int Start, int End)> removed, IBufferWriter<byte> output)
    {
        var from = 0;
        foreach (var (start, end) in removed)
        {
            output.Write(document[from..start]);
            from = end;
        }

        if (removed.Count > 0) output.Write(document[from..]);
        return removed.Count > 0;
    }

    private static bool Is(ReadOnlySpan<byte> qualified, ReadOnlySpan<byte> name) => qualified[(qualified.IndexOf((byte)':') + 1)..].SequenceEqual(name);

    private static bool IsPicture(ReadOnlySpan<byte> document, Range attributes)
    {
        for (var each = new XmlAttributes(document, attributes); each.Read();)
        {
            if (each.Name.SequenceEqual("contentType"u8) && each.Value.SequenceEqual("video"u8)) return true;
            if (each.Name.SequenceEqual("mimeType"u8) && each.Value.StartsWith("video/"u8)) return true;
        }

        return false;
    }

    private static long BandwidthOf(ReadOnlySpan<byte> document, Range attributes)
    {
        for (var each = new XmlAttributes(document, attributes); each.Read();)
        {
            if (each.Name.SequenceEqual("bandwidth"u8)) return Utf8Parser.TryParse(each.Value, out long bits, out _) ? bits : 0;
        }

        return 0;
    }
}
