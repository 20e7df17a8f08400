using System.Buffers;
using System.Security;
using System.Text;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Tells players of an MPD where to ask which gateway to play from (ContentSteering, ETSI TS 103 998 and ISO/IEC 23009-1), and gives them one BaseURL for each, this gateway's first, which is the one that players
/// without steering take. An MPD that is loaded again and again has a Location for each as well: segments alone would move, and the stream would end with the gateway that its MPD comes from.
/// </summary>
internal static class DashSteering
{
    /// <summary>Writes the MPD with its pathways; false for one that steers itself, has base URLs of its own making, or is not plain.</summary>
    /// <param name="mpd">As the player gets it otherwise.</param>
    /// <param name="server">URL of the steering document.</param>
    /// <param name="origins">Names and public origins of the gateways, this one first.</param>
    /// <param name="self">Absolute path and query of the MPD at the gateway.</param>
    /// <param name="folder">Absolute path of the MPD's folder at the gateway, with a slash at its end; null where the player knows the MPD under another one.</param>
    /// <param name="output">Untouched where nothing is written.</param>
    public static bool TryApply(ReadOnlySpan<byte> mpd, string server, (string Name, string Origin)[] origins, string self, string? folder, IBufferWriter<byte> output)
    {
        if (DashEncoding.Detect(mpd, out _) != DashEncoding.Kind.Bytes || mpd.IndexOf("ContentSteering"u8) >= 0) return false;
        if (PeriodOf(mpd) is not { } period) return false;
        var own = SecurityElement.Escape(origins[0].Origin);
        var head = mpd[..period];
        // One that this gateway put in, or that it wrote out in full.
        if (!TryFind(head, "BaseURL", own, out var baseUrl)) return false;
        if ((baseUrl?.Path ?? SecurityElement.Escape(folder)) is not { } basePath) return false;
        var (before, after) = baseUrl is { } found ? (found.Start, found.End) : (period, period);
        output.Write(mpd[..before]);
        foreach (var origin in origins) Write(output, "BaseURL", origin, basePath);
        if (TryFind(head, "Location", own, out var location))
        {
            if (location is { } given && given.Start >= after)
            {
                output.Write(mpd[after..given.Start]);
                foreach (var origin in origins) Write(output, "Location", origin, given.Path);
                after = given.End;
            }
            else if (location is null && IsDynamic(head))
            {
                foreach (var origin in origins) Write(output, "Location", origin, SecurityElement.Escape(self));
            }
        }

        output.Write(mpd[after..period]);
        output.Write(Encoding.UTF8.GetBytes($"<ContentSteering defaultServiceLocation=\"{origins[0].Name}\" queryBeforeStart=\"false\">{SecurityElement.Escape(server)}</ContentSteering>"));
        output.Write(mpd[period..]);
        return true;
    }

    private static bool IsDynamic(ReadOnlySpan<byte> head) => head.IndexOf("\"dynamic\""u8) >= 0 || head.IndexOf("'dynamic'"u8) >= 0;

    private static void Write(IBufferWriter<byte> output, string element, (string Name, string Origin) gateway, string path) =>
        output.Write(Encoding.UTF8.GetBytes($"<{element} serviceLocation=\"{gateway.Name}\">{SecurityElement.Escape(gateway.Origin)}{path}</{element}>"));

    /// <summary>Finds the only element of a name, whose text leads to this gateway; false where there are others.</summary>
    private static bool TryFind(ReadOnlySpan<byte> head, string element, string own, out (int Start, int End, string Path)? found)
    {
        found = null;
        var (open, close) = (Encoding.UTF8.GetBytes($"<{element}"), Encoding.UTF8.GetBytes($"</{element}>"));
        var start = head.IndexOf(open);
        if (start < 0) return true;
        var text = head[(start + open.Length)..];
        if (head.LastIndexOf(open) != start || text.IsEmpty || text[0] != '>' || text.IndexOf(close) is not (>= 0 and var length)) return false;
        var url = Encoding.UTF8.GetString(text[1..length]).Trim();
        if (!url.StartsWith(own + "/", StringComparison.Ordinal)) return false;
        found = (start, start + open.Length + length + close.Length, url[own.Length..]);
        return true;
    }

    /// <summary>Where the first Period begins; null in a document with prefixes, or without one.</summary>
    private static int? PeriodOf(ReadOnlySpan<byte> mpd)
    {
        var walk = new MpdWalk(mpd);
        for (var step = walk.Read(); step != MpdStep.End; step = walk.Read())
        {
            if (walk.Root != DashElement.Mpd || !mpd[walk.RootPrefix].IsEmpty) return null;
            if (step == MpdStep.Open && walk.Element == DashElement.Period) return walk.Start;
        }

        return null;
    }
}
