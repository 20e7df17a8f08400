using Gateway.Live.Timeline;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Live.Containers;

/// <summary>Describes a segment that the transcoder made: fragmented MP4 with its own header, or its fragments alone.</summary>
internal static class MadeSegmentReader
{
    /// <summary>The description; null for a file that no player could play as a segment.</summary>
    public static (IsoFile File, MadeSegment Segment)? Read(SafeFileHandle file, IsoMovie? movie = null)
    {
        if (IsoFile.Read(file, needsTime: true, movie) is not { Movie: { } header, HasMedia: true } read || read.Times.Count == 0) return null;
        var tracks = new List<MadeTrack>();
        foreach (var track in header.Tracks)
        {
            if (read.Times.TryGetValue(track.Id, out var time) && time.End > time.Start) tracks.Add(new MadeTrack(track.Id, track.Timescale, time.Start, time.End - time.Start, time.Frame));
        }

        return tracks.Count == 0 ? null : (read, new MadeSegment(header.Configuration, [.. tracks]));
    }
}
