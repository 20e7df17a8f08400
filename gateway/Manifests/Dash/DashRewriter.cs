using System.Buffers;
using System.Text;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Rewrites the URLs of a DASH document: an MPD, a patch of one, or a remote element that xlink:href leads to. Only the characters of URLs that
/// have to change are replaced, and at most one BaseURL is put in; every other byte goes out as it came in.
/// </summary>
/// <remarks>
/// <para>The strategy is to touch as little as possible. Relative references, templates above all, lead to the right place by themselves as soon as
/// the base is right, so what changes are absolute URLs of configured upstreams, paths from the root, and paths that climb
/// above the root of their cluster, where the gateway's own tree begins.</para>
/// <para>Where an MPD names a Location, relative references are nevertheless taken to be relative to the URL that the MPD came from, as dash.js,
/// ExoPlayer and ffmpeg do (Shaka takes the Location): with a mirrored MPD nothing is decided here at all, and each player keeps its own reading.</para>
/// <para>Pure and thread-safe.</para>
/// </remarks>
internal static class DashRewriter
{
    /// <summary>Rewrites a document.</summary>
    /// <param name="document">As upstream sent it, decompressed; UTF-8, UTF-16 or a single-byte encoding that extends ASCII.</param>
    /// <param name="map">Where it came from, and how the player reaches the gateway.</param>
    /// <param name="output">Gets the whole rewritten document, in the encoding of the input, and nothing unless it is <see cref="DashOutcome.Rewritten"/>.</param>
    public static DashOutcome Rewrite(ReadOnlySpan<byte> document, ReferenceMap map, IBufferWriter<byte> output)
    {
        switch (DashEncoding.Detect(document, out var encoding))
        {
            case DashEncoding.Kind.Bytes:
                return RewriteBytes(document, encoding, map, output);
            case DashEncoding.Kind.Utf16:
                return RewriteUtf16(document, encoding, map, output);
            default:
                return DashOutcome.InvalidEncoding;
        }
    }

    /// <summary>Whether a document begins with an element of DASH that may stand alone; tells nothing about what follows.</summary>
    public static bool Recognises(ReadOnlySpan<byte> document)
    {
        if (DashEncoding.Detect(document, out var encoding) == DashEncoding.Kind.Utf16)
            return DashEncoding.TryToUtf8(document, encoding, out var utf8) && Recognises(utf8);
        var cursor = new XmlCursor(document, document.StartsWith("\uFEFF"u8) ? 3 : 0);
        var kind = cursor.Read();
        while (kind is XmlTokenKind.Opaque or XmlTokenKind.Doctype) kind = cursor.Read();
        if (kind != XmlTokenKind.StartTag) return false;
        var element = DashNames.Element(cursor.Name[(cursor.Name.IndexOf((byte)':') + 1)..]);
        return element is DashElement.Mpd or DashElement.Patch || DashNames.IsRemoteRoot(element);
    }

    /// <summary>
    /// UTF-16 is scanned as UTF-8 and turned back. Valid UTF-16 survives that unchanged (byte-order mark included, which is a character like
    /// any other here), and invalid UTF-16 has been refused.
    /// </summary>
    private static DashOutcome RewriteUtf16(ReadOnlySpan<byte> document, Encoding encoding, ReferenceMap map, IBufferWriter<byte> output)
    {
        if (!DashEncoding.TryToUtf8(document, encoding, out var utf8)) return DashOutcome.InvalidEncoding;
        var rewritten = new ArrayBufferWriter<byte>(utf8.Length);
        var outcome = RewriteBytes(utf8, Encoding.UTF8, map, rewritten);
        if (outcome == DashOutcome.Rewritten) encoding.GetBytes(Encoding.UTF8.GetString(rewritten.WrittenSpan), output);
        return outcome;
    }

    private static DashOutcome RewriteBytes(ReadOnlySpan<byte> document, Encoding encoding, ReferenceMap map, IBufferWriter<byte> output)
    {
        using var sites = new PooledList<MpdReference>();
        using var levels = new PooledList<MpdContext>();
        var scan = new MpdReferenceScan(document, sites, levels, !map.IsMirrored, map.Target.IsLimited || (map.Target.HasLimits && document.IndexOf("BaseURL"u8) >= 0));
        var outcome = scan.Run();
        if (outcome != DashOutcome.Unchanged) return outcome;
        var edit = new MpdEdit(document, scan, sites.Items, levels.Items, map, encoding is UTF8Encoding, output);
        return edit.Run() ? DashOutcome.Rewritten : DashOutcome.Unchanged;
    }
}
