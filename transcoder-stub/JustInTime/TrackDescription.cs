using System.Text.Json;

namespace TranscoderStub.JustInTime;

/// <summary>The title as JSON (<c>track.json</c>): the same segments as the MPD, for clients that fetch chunks by number.</summary>
/// <param name="Duration">Seconds.</param>
/// <param name="ChunkSeconds">Nominal length of a chunk.</param>
/// <param name="OverlapSeconds">What each chunk repeats of the next one at its end, 0 for nothing. <c>X-Playable-Samples</c> tells where it may be cut.</param>
/// <param name="TotalChunks">How many there are; the last one may be short.</param>
/// <param name="Format">Container and codec, as a media type.</param>
/// <param name="SampleRate">Hertz.</param>
/// <param name="Path">Address of a chunk relative to this document; <c>{number}</c> stands for five digits, from 00001.</param>
/// <param name="Chunks">Start and length of each, in seconds.</param>
internal sealed record TrackDescription(
    double Duration, double ChunkSeconds, double OverlapSeconds, int TotalChunks, string Format, int SampleRate, string Path, IReadOnlyList<TrackDescription.Chunk> Chunks)
{
    /// <summary>That of the first sound, which is the one that progressive players take; of the first picture where there is no sound.</summary>
    public static string Write(TitlePlan plan)
    {
        var rendition = plan.Sounds.FirstOrDefault() ?? plan.Renditions[0];
        var timeline = rendition.Timeline;
        var chunks = Enumerable.Range(0, timeline.Segments)
            .Select(n => new Chunk(n, Math.Round((double)timeline.StartOf(n) / timeline.Timescale, 6), Math.Round(timeline.SecondsOf(n), 6)));
        var track = new TrackDescription(
            Math.Round(timeline.TotalSeconds, 6), plan.Settings.SegmentSeconds, Math.Round((double)rendition.OverlapFrames * timeline.FrameTicks / timeline.Timescale, 6), timeline.Segments, rendition.MediaType, rendition.SampleRate,
            $"{rendition.Name}/seg_{{number}}{rendition.Extension}", [.. chunks]);
        return JsonSerializer.Serialize(track, JsonSerializerOptions.Web);
    }

    internal sealed record Chunk(int Index, double Start, double Duration);
}
