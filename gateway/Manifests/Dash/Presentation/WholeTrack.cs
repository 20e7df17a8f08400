using Gateway.Manifests.Timeline;
using Gateway.Origin;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>
/// A Representation that is one resource: subtitles, or a file whose segments only its index tells (<see cref="DashRepresentation.Index"/>). Of the
/// latter nothing is listed until the index is read, so that nobody fetches a whole film ahead.
/// </summary>
internal sealed class WholeTrack(TrackClock clock, MediaAddress? address, bool isIndexed) : DashTrack(clock)
{
    public override int Count => isIndexed ? 0 : 1;

    public override TimeSpan TargetDuration => Clock.PeriodDuration ?? TimeSpan.Zero;

    public override TimeSpan End => Clock.PeriodStart + (isIndexed ? TimeSpan.Zero : Clock.PeriodDuration ?? TimeSpan.Zero);

    public override TimelineEntry At(int index) =>
        Clock.Entry(address, null, 1, Clock.PeriodStart, Clock.PeriodDuration ?? TimeSpan.Zero, isListed: true, afterGap: false);

    public override bool TryFind(MediaAddress asked, ByteRange? range, out int index)
    {
        index = Count == 1 && address == asked ? 0 : -1;
        return index == 0;
    }

    public override int IndexAt(TimeSpan presentation) => Count - 1;
}
