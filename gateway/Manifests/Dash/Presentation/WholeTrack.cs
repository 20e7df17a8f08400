using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>A Representation that is one resource, as subtitles are.</summary>
internal sealed class WholeTrack(TrackClock clock, MediaAddress? address) : DashTrack(clock)
{
    public override int Count => 1;

    public override TimeSpan TargetDuration => Clock.PeriodDuration ?? TimeSpan.Zero;

    public override TimeSpan End => Clock.PeriodStart + TargetDuration;

    public override TimelineEntry At(int index) => Clock.Entry(address, null, 1, Clock.PeriodStart, TargetDuration, isListed: true, afterGap: false);

    public override bool TryFind(MediaAddress asked, ByteRange? range, out int index)
    {
        index = address == asked ? 0 : -1;
        return index == 0;
    }

    public override int IndexAt(TimeSpan presentation) => 0;
}
