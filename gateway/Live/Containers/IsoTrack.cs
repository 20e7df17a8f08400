namespace Gateway.Live.Containers;

/// <summary>A track as a movie header describes it.</summary>
/// <param name="Id">Track id, above 0.</param>
/// <param name="Handler">Four letters, <see cref="IsoBoxes.Vide"/> for pictures.</param>
/// <param name="Timescale">Ticks per second, above 0.</param>
/// <param name="Duration">Ticks; 0 in a fragmented file.</param>
/// <param name="DefaultSampleDuration">Ticks, of fragments that do not say it themselves.</param>
internal readonly record struct IsoTrack(uint Id, uint Handler, uint Timescale, ulong Duration, uint DefaultSampleDuration)
{
    public bool IsVideo => Handler == IsoBoxes.Vide;

    public bool IsMedia => Handler is IsoBoxes.Vide or IsoBoxes.Soun;
}
