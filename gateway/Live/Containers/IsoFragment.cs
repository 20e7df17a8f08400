using System.Buffers.Binary;
using Gateway.Live.Timeline;
using static Gateway.Live.Containers.IsoBoxes;

namespace Gateway.Live.Containers;

/// <summary>Reads what a fragment (<c>moof</c>) says of time, and moves it. ISO/IEC 14496-12 §8.8.</summary>
internal static class IsoFragment
{
    /// <summary>Adds a fragment's time to its tracks; false where one of them is not in the movie header, or has no 64-bit decode time.</summary>
    /// <param name="moof">Payload.</param>
    /// <param name="movie">The header.</param>
    /// <param name="needsTime">Whether each track must tell its decode time with 64 bits; else the fragments of a track follow one another.</param>
    /// <param name="times">By track id.</param>
    public static bool TryAdd(ReadOnlySpan<byte> moof, IsoMovie movie, bool needsTime, Dictionary<uint, FragmentTime> times)
    {
        for (var rest = moof; TryNext(ref rest, out var type, out var traf);)
        {
            if (type != Traf) continue;
            var header = Find(traf, Tfhd);
            if (movie.Find(At(header, 4)) is not { } track)
            {
                if (needsTime) return false;
                continue;
            }

            var tfdt = Find(traf, Tfdt);
            if (needsTime && (tfdt.Length < 12 || tfdt[0] != 1)) return false;
            var known = times.GetValueOrDefault(track.Id);
            var start = tfdt.IsEmpty ? known?.End ?? 0 : tfdt[0] == 1 ? (long)LongAt(tfdt, 4) : At(tfdt, 4);
            var (duration, longest) = DurationOf(traf, DefaultOf(header, track.DefaultSampleDuration));
            if (start < 0 || duration < 0 || start > long.MaxValue / 4) return false;
            times[track.Id] = new FragmentTime(known?.Start ?? start, Math.Max(known?.End ?? 0, start + duration), Math.Max(known?.Frame ?? 0, longest));
        }

        return true;
    }

    /// <summary>Moves the fragment of a stored segment to its place in the stream.</summary>
    /// <param name="moof">Payload, changed in place.</param>
    /// <param name="shifts">By track.</param>
    /// <param name="number">Number of the segment.</param>
    public static void Move(Span<byte> moof, ReadOnlySpan<TrackShift> shifts, int number)
    {
        for (var at = 0; at + HeaderLength <= moof.Length;)
        {
            var length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(moof[at..]), (uint)(moof.Length - at));
            if (length < HeaderLength) return;
            var payload = moof.Slice(at + HeaderLength, length - HeaderLength);
            var type = BinaryPrimitives.ReadUInt32BigEndian(moof[(at + 4)..]);
            if (type == Mfhd && payload.Length >= 8) BinaryPrimitives.WriteUInt32BigEndian(payload[4..], (uint)number + 1);
            else if (type == Traf) MoveTrack(payload, shifts);
            at += length;
        }
    }

    private static void MoveTrack(Span<byte> traf, ReadOnlySpan<TrackShift> shifts)
    {
        var track = At(Find(traf, Tfhd), 4);
        long? by = null;
        foreach (var shift in shifts)
        {
            if (shift.Track == track) by = shift.Ticks;
        }

        for (var at = 0; by is not null && at + HeaderLength <= traf.Length;)
        {
            var length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(traf[at..]), (uint)(traf.Length - at));
            if (length < HeaderLength) return;
            if (BinaryPrimitives.ReadUInt32BigEndian(traf[(at + 4)..]) == Tfdt && length >= HeaderLength + 12)
            {
                var time = traf[(at + HeaderLength + 4)..];
                BinaryPrimitives.WriteInt64BigEndian(time, BinaryPrimitives.ReadInt64BigEndian(time) + by.Value);
            }

            at += length;
        }
    }

    private static uint DefaultOf(ReadOnlySpan<byte> tfhd, uint inherited)
    {
        var flags = At(tfhd, 0) & 0xFFFFFF;
        if ((flags & 0x8) == 0) return inherited;
        return At(tfhd, 8 + ((flags & 0x1) != 0 ? 8 : 0) + ((flags & 0x2) != 0 ? 4 : 0));
    }

    private static (long Duration, long Longest) DurationOf(ReadOnlySpan<byte> traf, uint fallback)
    {
        long duration = 0, longest = 0;
        while (TryNext(ref traf, out var type, out var trun))
        {
            if (type != Trun) continue;
            var flags = At(trun, 0) & 0xFFFFFF;
            var count = At(trun, 4);
            var at = 8 + ((flags & 0x1) != 0 ? 4 : 0) + ((flags & 0x4) != 0 ? 4 : 0);
            var stride = ((flags & 0x100) != 0 ? 4 : 0) + ((flags & 0x200) != 0 ? 4 : 0) + ((flags & 0x400) != 0 ? 4 : 0) + ((flags & 0x800) != 0 ? 4 : 0);
            if ((flags & 0x100) == 0)
            {
                duration += (long)count * fallback;
                longest = Math.Max(longest, count > 0 ? fallback : 0);
                continue;
            }

            for (uint i = 0; i < count && at + 4 <= trun.Length; i++, at += stride)
            {
                var sample = At(trun, at);
                duration += sample;
                longest = Math.Max(longest, sample);
            }
        }

        return (duration, longest);
    }
}
