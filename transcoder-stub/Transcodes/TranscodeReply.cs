using TranscoderStub.JustInTime;

namespace TranscoderStub.Transcodes;

/// <summary>Answer to a start or a change. Addresses are root-relative.</summary>
/// <param name="TranscodeId">Name of the transcode; equal for all who start the same.</param>
/// <param name="ManifestUrl">HLS; null where there is none (WebM).</param>
/// <param name="MpdUrl">DASH; null where there is none (MPEG-TS).</param>
/// <param name="TrackUrl">The segments as JSON.</param>
/// <param name="Profile">The rung that was chosen: name of its folder.</param>
/// <param name="EstimatedBitrateKbps">Peak rate of that rung, sound included.</param>
/// <param name="DurationSec">Of the title.</param>
/// <param name="SegmentSec">Nominal.</param>
internal sealed record TranscodeReply(
    string TranscodeId, string? ManifestUrl, string? MpdUrl, string TrackUrl, string Profile, int EstimatedBitrateKbps, double DurationSec, double SegmentSec)
{
    public static TranscodeReply Of(JustInTimeTitle title, Rendition chosen)
    {
        var place = $"/transcode/{title.Id}";
        var beside = chosen.IsVideo ? title.Plan.Sounds.FirstOrDefault()?.Kbps ?? 0 : 0;
        return new TranscodeReply(
            title.Id, HlsWriter.CanWrite(title.Plan) ? $"{place}/master.m3u8" : null, MpdWriter.CanWrite(title.Plan) ? $"{place}/manifest.mpd" : null, $"{place}/track.json", chosen.Name, chosen.Kbps + beside,
            Math.Round(title.Plan.Seconds, 3), title.Plan.Settings.SegmentSeconds);
    }
}
