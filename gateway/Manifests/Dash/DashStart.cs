using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Manifests.Dash;

/// <summary>
/// Tells players of an MPD, in the MPD, with which bitrate to begin (OperatingBandwidth, ISO/IEC 23009-1 §K.3.6) and to report of themselves (CMCD, CTA-5004 with the DASH-IF's ClientDataReporting). dash.js does both
/// by default; what else a player understands it takes, and the rest it leaves.
/// </summary>
internal static class DashStart
{
    private const string Reporting =
        "<ClientDataReporting><CMCDParameters schemeIdUri=\"urn:mpeg:dash:cta-5004:2023\" version=\"1\" mode=\"query\" includeInRequests=\"segment mpd\" keys=\"bl br bs d dl mtp nor ot pr sf sid st su tb\"/></ClientDataReporting>";

    /// <summary>Writes the MPD with a ServiceDescription before its first Period; false for one that has its own, or is not plain.</summary>
    /// <param name="mpd">The document.</param>
    /// <param name="targetKbps">To begin with; 0 = as the player likes.</param>
    /// <param name="maxKbps">Never more than this; 0 = no limit.</param>
    /// <param name="output">Untouched where nothing is written.</param>
    public static bool TryApply(ReadOnlySpan<byte> mpd, int targetKbps, int maxKbps, IBufferWriter<byte> output)
    {
        if (DashEncoding.Detect(mpd, out _) != DashEncoding.Kind.Bytes || mpd.IndexOf("ServiceDescription"u8) >= 0) return false;
        var walk = new MpdWalk(mpd);
        for (var step = walk.Read(); step != MpdStep.End; step = walk.Read())
        {
            if (walk.Root != DashElement.Mpd || !mpd[walk.RootPrefix].IsEmpty) return false;
            if (step != MpdStep.Open || walk.Element != DashElement.Period) continue;
            output.Write(mpd[..walk.Start]);
            output.Write(Encoding.ASCII.GetBytes(Description(targetKbps, maxKbps)));
            output.Write(mpd[walk.Start..]);
            return true;
        }

        return false;
    }

    private static string Description(int targetKbps, int maxKbps)
    {
        var target = targetKbps > 0 ? string.Create(CultureInfo.InvariantCulture, $" target=\"{targetKbps * 1000L}\"") : "";
        var max = maxKbps > 0 ? string.Create(CultureInfo.InvariantCulture, $" max=\"{maxKbps * 1000L}\"") : "";
        var bandwidth = target.Length + max.Length > 0 ? $"<OperatingBandwidth mediaType=\"video\"{max}{target}/>" : "";
        return $"<ServiceDescription id=\"0\">{bandwidth}{Reporting}</ServiceDescription>";
    }
}
