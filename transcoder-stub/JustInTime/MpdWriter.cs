using System.Globalization;
using System.Text;
using System.Xml;
using TranscoderStub.Packaging;

namespace TranscoderStub.JustInTime;

/// <summary>The MPD of a just-in-time title. All pictures share one initialisation section; addresses are relative.</summary>
internal static class MpdWriter
{
    /// <summary>DASH players know no MPEG-TS.</summary>
    public static bool CanWrite(TitlePlan plan) => plan.Renditions[0].Container != SegmentContainer.TransportStream;

    public static string Write(TitlePlan plan)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        var write = CultureInfo.InvariantCulture;
        var longest = plan.Renditions.Max(r => Enumerable.Range(0, Math.Min(1000, r.Timeline.Segments)).Max(r.Timeline.SecondsOf));
        text.Append("<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"urn:mpeg:dash:profile:isoff-live:2011\" type=\"static\"");
        text.Append(write, $" mediaPresentationDuration=\"{Duration(plan.Seconds)}\" maxSegmentDuration=\"{Duration(longest)}\" minBufferTime=\"{Duration(longest)}\">\n  <Period id=\"p0\" start=\"PT0S\">\n");
        AppendSet(text, 1, plan, [.. plan.Pictures]);
        AppendSet(text, 2, plan, [.. plan.Sounds]);
        return text.Append("  </Period>\n</MPD>\n").ToString();
    }

    private static void AppendSet(StringBuilder text, int id, TitlePlan plan, IReadOnlyList<Rendition> renditions)
    {
        if (renditions.Count == 0) return;
        var write = CultureInfo.InvariantCulture;
        var first = renditions[0];
        var timeline = first.Timeline;
        var type = first.MediaType.Split(';')[0];
        text.Append(write, $"    <AdaptationSet id=\"{id}\" contentType=\"{(first.IsVideo ? "video" : "audio")}\" mimeType=\"{type}\" segmentAlignment=\"true\" startWithSAP=\"1\"");
        if (first.IsVideo) text.Append(write, $" frameRate=\"{plan.FrameRate}\" maxWidth=\"{first.Width}\" maxHeight=\"{first.Height}\"");
        text.Append(write, $">\n      <SegmentTemplate timescale=\"{timeline.Timescale}\" startNumber=\"1\" initialization=\"{(first.IsVideo ? first.InitFolder : "$RepresentationID$")}/{first.InitName}\"");
        text.Append(write, $" media=\"$RepresentationID$/seg_$Number%05d${first.Extension}\">\n        <SegmentTimeline>\n");
        for (var segment = 0; segment < timeline.Segments;)
        {
            var duration = timeline.DurationOf(segment);
            var run = segment + 1;
            while (run < timeline.Segments && timeline.DurationOf(run) == duration) run++;
            text.Append(write, $"          <S {(segment == 0 ? "t=\"0\" " : "")}d=\"{duration}\"{(run - segment > 1 ? $" r=\"{run - segment - 1}\"" : "")}/>\n");
            segment = run;
        }

        text.Append("        </SegmentTimeline>\n      </SegmentTemplate>\n");
        foreach (var rendition in renditions)
        {
            text.Append(write, $"      <Representation id=\"{rendition.Name}\" bandwidth=\"{rendition.Kbps * 1000}\" codecs=\"{rendition.CodecName}\"");
            if (rendition.IsVideo)
            {
                text.Append(write, $" width=\"{rendition.Width}\" height=\"{rendition.Height}\" sar=\"1:1\"/>\n");
                continue;
            }

            text.Append(write, $" audioSamplingRate=\"{rendition.SampleRate}\">\n        <AudioChannelConfiguration schemeIdUri=\"urn:mpeg:dash:23003:3:audio_channel_configuration:2011\" value=\"{rendition.Channels}\"/>\n      </Representation>\n");
        }

        text.Append("    </AdaptationSet>\n");
    }

    private static string Duration(double seconds) => XmlConvert.ToString(TimeSpan.FromMicroseconds((long)Math.Ceiling(seconds * 1e6)));
}
