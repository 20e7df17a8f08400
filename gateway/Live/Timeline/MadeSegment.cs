namespace Gateway.Live.Timeline;

/// <summary>A segment that lies in storage and waits for its place in the playlist.</summary>
/// <param name="Init">Name of the codec configuration: segments with the same one play one after another without a new initialisation.</param>
/// <param name="Tracks">At least one; the first one, a video track where there is one, tells the duration.</param>
internal sealed record MadeSegment(string Init, MadeTrack[] Tracks)
{
    public double Seconds => (double)Tracks[0].Duration / Tracks[0].Timescale;
}
