using System.Buffers;
using System.Security;
using System.Text;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Tells players of an MPD where to ask which gateway to play from (ContentSteering, ETSI TS 103 998 and ISO/IEC 23009-1), and gives them one BaseURL for each, this gateway's first, which is the one that players
/// without steering take.
/// </summary>
internal static class DashSteering
{
    private const string Open = "<BaseURL>";
    private const string Close = "</BaseURL>";

    /// <summary>Writes the MPD with its pathways; false for one that steers itself, has base URLs of its own making, or is not plain.</summary>
    /// <param name="mpd">As the player gets it otherwise.</param>
    /// <param name="server">URL of the steering document.</param>
    /// <param name="origins">Names and public origins of the gateways, this one first.</param>
    /// <param name="folder">Absolute path of the MPD's folder at the gateway, with a slash at its end; null where the player knows the MPD under another one.</param>
    /// <param name="output">Untouched where nothing is written.</param>
    public static bool TryApply(ReadOnlySpan<byte> mpd, string server, (string Name, string Origin)[] origins, string? folder, IBufferWriter<byte> output)
    {
        if (DashEncoding.Detect(mpd, out _) != DashEncoding.Kind.Bytes || mpd.IndexOf("ContentSteering"u8) >= 0) return false;
        if (PeriodOf(mpd) is not { } period) return false;
        var (baseStart, baseEnd) = (period, period);
        if (mpd[..period].IndexOf("<BaseURL"u8) is var start and >= 0)
        {
            // One that this gateway put in, or that it wrote out in full.
            if (mpd[..period].LastIndexOf("<BaseURL"u8) != start || !mpd[start..].StartsWith("<BaseURL>"u8)) return false;
            var text = mpd[(start + Open.Length)..period];
            if (text.IndexOf("</BaseURL>"u8) is not (>= 0 and var length)) return false;
            var url = Encoding.UTF8.GetString(text[..length]).Trim();
            var own = SecurityElement.Escape(origins[0].Origin);
            if (!url.StartsWith(own + "/", StringComparison.Ordinal)) return false;
            folder = url[own.Length..];
            (baseStart, baseEnd) = (start, start + Open.Length + length + Close.Length);
        }
        else if (folder is not null)
        {
            folder = SecurityElement.Escape(folder);
        }

        if (folder is null) return false;
        output.Write(mpd[..baseStart]);
        foreach (var (name, origin) in origins) output.Write(Encoding.UTF8.GetBytes($"<BaseURL serviceLocation=\"{name}\">{SecurityElement.Escape(origin)}{folder}{Close}"));
        output.Write(mpd[baseEnd..period]);
        output.Write(Encoding.UTF8.GetBytes($"<ContentSteering defaultServiceLocation=\"{origins[0].Name}\" queryBeforeStart=\"false\">{SecurityElement.Escape(server)}</ContentSteering>"));
        output.Write(mpd[period..]);
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
