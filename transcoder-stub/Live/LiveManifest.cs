using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace TranscoderStub.Live;

/// <summary>
/// The dynamic form of a stored MPD: the same sets and representations, addressed by growing numbers. Segment times count from the epoch
/// (one Period for ever), so availabilityStartTime is the epoch and number <c>n</c> starts at <c>n·d</c> without any offset.
/// </summary>
internal sealed class LiveManifest
{
    private static readonly XNamespace s_dash = "urn:mpeg:dash:schema:mpd:2011";

    private readonly XElement _template;
    private readonly LoopClock _clock;

    public LiveManifest(string storedMpd, LoopClock clock)
    {
        _clock = clock;
        _template = XElement.Parse(storedMpd);
        _template.SetAttributeValue("type", "dynamic");
        _template.SetAttributeValue("mediaPresentationDuration", null);
        _template.SetAttributeValue("availabilityStartTime", XmlConvert.ToString(clock.Epoch.UtcDateTime, XmlDateTimeSerializationMode.Utc));
        _template.SetAttributeValue("minimumUpdatePeriod", XmlConvert.ToString(clock.SegmentDuration));
        _template.SetAttributeValue("timeShiftBufferDepth", XmlConvert.ToString(clock.SegmentDuration * clock.WindowSegments));
        _template.SetAttributeValue("suggestedPresentationDelay", XmlConvert.ToString(clock.SegmentDuration * 3));
        foreach (var template in _template.Descendants(s_dash + "SegmentTemplate")) Endless(template, clock.SegmentDuration);

        // Relative, so that a gateway in front answers the clock as well as the media.
        _template.Add(new XElement(s_dash + "UTCTiming", new XAttribute("schemeIdUri", "urn:mpeg:dash:utc:http-iso:2014"), new XAttribute("value", "time")));
    }

    public string Write(DateTimeOffset now)
    {
        var mpd = new XElement(_template);
        mpd.SetAttributeValue("publishTime", XmlConvert.ToString(_clock.StartOf(_clock.Newest(now) + 1).UtcDateTime, XmlDateTimeSerializationMode.Utc));
        return string.Create(CultureInfo.InvariantCulture, $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{mpd}\n");
    }

    // A list of segments ends; a duration does not. The players' nominal times are off by less than one audio frame, which DASH allows for.
    private static void Endless(XElement template, TimeSpan duration)
    {
        template.Element(s_dash + "SegmentTimeline")?.Remove();
        var ticks = (long)template.Attribute("timescale")! * duration.Ticks / TimeSpan.TicksPerSecond;
        template.SetAttributeValue("startNumber", "0");
        template.SetAttributeValue("duration", ticks.ToString(CultureInfo.InvariantCulture));
    }
}
