namespace TranscoderStub.LowLatency;

/// <summary>A part by the number of its segment and its place within it.</summary>
internal readonly record struct PartPosition(long Segment, int Part) : IComparable<PartPosition>
{
    public int CompareTo(PartPosition other) => Segment != other.Segment ? Segment.CompareTo(other.Segment) : Part.CompareTo(other.Part);

    public static bool operator <(PartPosition left, PartPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(PartPosition left, PartPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(PartPosition left, PartPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PartPosition left, PartPosition right) => left.CompareTo(right) >= 0;
}
