using System.Buffers.Binary;

namespace Gateway.FunctionalTests.Stub;

/// <summary>Reads tfdt times by searching for the box's name: clumsy on purpose, so that it shares no mistake with the code under test.</summary>
internal static class FragmentTimes
{
    public static long FirstDecodeTime(ReadOnlySpan<byte> segment) => DecodeTimes(segment)[0];

    public static List<long> DecodeTimes(ReadOnlySpan<byte> segment)
    {
        var times = new List<long>();
        for (int at; (at = segment.IndexOf("tfdt"u8)) >= 0; segment = segment[(at + 16)..])
        {
            times.Add(BinaryPrimitives.ReadInt64BigEndian(segment[(at + 8)..]));
        }

        return times;
    }

    public static List<uint> SequenceNumbers(ReadOnlySpan<byte> segment)
    {
        var numbers = new List<uint>();
        for (int at; (at = segment.IndexOf("mfhd"u8)) >= 0; segment = segment[(at + 12)..])
        {
            numbers.Add(BinaryPrimitives.ReadUInt32BigEndian(segment[(at + 8)..]));
        }

        return numbers;
    }
}
