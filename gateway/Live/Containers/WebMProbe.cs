using Microsoft.Win32.SafeHandles;

namespace Gateway.Live.Containers;

/// <summary>
/// Finds the duration of a WebM file (RFC 8794, RFC 9559): by its header, else, as browsers record it, from the first to the last block. Bounded in what it reads; what is malformed has no duration.
/// </summary>
internal static class WebMProbe
{
    private const uint EbmlHeader = 0x1A45DFA3, Segment = 0x18538067, Info = 0x1549A966, TimestampScale = 0x2AD7B1, Duration = 0x4489;
    private const uint Cluster = 0x1F43B675, Timestamp = 0xE7, SimpleBlock = 0xA3, BlockGroup = 0xA0, Block = 0xA1, Tracks = 0x1654AE6B;

    private const int MostElements = 200_000;

    /// <summary>Whether a file begins like one.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= 4 && bytes[0] == 0x1A && bytes[1] == 0x45 && bytes[2] == 0xDF && bytes[3] == 0xA3;

    /// <summary>Seconds; null for a file that is none, is cut, or holds nothing.</summary>
    public static double? Seconds(SafeFileHandle file)
    {
        var state = new State(file, RandomAccess.GetLength(file));
        return state.Walk() ? state.Seconds() : null;
    }

    private sealed class State(SafeFileHandle file, long length)
    {
        private readonly byte[] _buffer = new byte[16];
        private double _scale = 1_000_000;
        private double? _duration;
        private long _cluster, _first = long.MaxValue, _last = long.MinValue, _beforeLast = long.MinValue;
        private bool _hasTracks;
        private int _elements;

        public bool Walk()
        {
            for (long at = 0; at < length;)
            {
                if (++_elements > MostElements || !TryHeader(at, out var id, out var size, out var head) || (at == 0 && id != EbmlHeader)) return false;
                var body = at + head;
                // Of unknown length, as a recorder writes them that does not go back: what follows is inside.
                var isOpen = size < 0;
                if (!isOpen && body + size > length) return false;
                switch (id)
                {
                    case Segment or Cluster or Info or BlockGroup:
                        at = body;
                        continue;
                    case Tracks:
                        _hasTracks = true;
                        break;
                    case TimestampScale:
                        _scale = Number(body, size) is > 0 and var scale ? scale : _scale;
                        break;
                    case Duration:
                        _duration = Float(body, size);
                        break;
                    case Timestamp:
                        _cluster = Number(body, size);
                        break;
                    case SimpleBlock or Block:
                        Take(body, size);
                        break;
                }

                if (isOpen) return false;
                at = body + size;
            }

            return true;
        }

        public double? Seconds()
        {
            if (!_hasTracks || _last < _first) return null;
            if (_duration is > 0 and var told && double.IsFinite(told)) return told * _scale / 1e9;
            // The last block lasts as long as the one before it did.
            var tail = _beforeLast > long.MinValue ? _last - _beforeLast : 0;
            return (_last - _first + tail) * _scale / 1e9;
        }

        private void Take(long body, long size)
        {
            if (size < 4 || RandomAccess.Read(file, _buffer.AsSpan(0, 12), body) < 4) return;
            var track = LengthOfVint(_buffer[0]);
            if (track is 0 or > 8) return;
            var time = _cluster + (short)((_buffer[track] << 8) | _buffer[track + 1]);
            _first = Math.Min(_first, time);
            if (time <= _last) return;
            _beforeLast = _last;
            _last = time;
        }

        private bool TryHeader(long at, out uint id, out long size, out int head)
        {
            id = 0;
            size = 0;
            head = 0;
            var got = RandomAccess.Read(file, _buffer.AsSpan(0, 12), at);
            if (got < 2) return false;
            var idLength = LengthOfVint(_buffer[0]);
            if (idLength is 0 or > 4 || idLength >= got) return false;
            for (var i = 0; i < idLength; i++) id = (id << 8) | _buffer[i];
            var sizeLength = LengthOfVint(_buffer[idLength]);
            if (sizeLength is 0 or > 8 || idLength + sizeLength > got) return false;
            size = _buffer[idLength] & ((1 << (8 - sizeLength)) - 1);
            var isUnknown = size == (1 << (8 - sizeLength)) - 1;
            for (var i = 1; i < sizeLength; i++)
            {
                size = (size << 8) | _buffer[idLength + i];
                isUnknown &= _buffer[idLength + i] == 0xFF;
            }

            if (isUnknown) size = -1;
            head = idLength + sizeLength;
            return true;
        }

        private long Number(long at, long size)
        {
            if (size is <= 0 or > 8 || RandomAccess.Read(file, _buffer.AsSpan(0, (int)size), at) < size) return 0;
            long number = 0;
            for (var i = 0; i < size; i++) number = (number << 8) | _buffer[i];
            return number;
        }

        private double? Float(long at, long size)
        {
            if (size is not (4 or 8) || RandomAccess.Read(file, _buffer.AsSpan(0, (int)size), at) < size) return null;
            return size == 4 ? System.Buffers.Binary.BinaryPrimitives.ReadSingleBigEndian(_buffer) : System.Buffers.Binary.BinaryPrimitives.ReadDoubleBigEndian(_buffer);
        }

        private static int LengthOfVint(byte first) => first == 0 ? 0 : System.Numerics.BitOperations.LeadingZeroCount(first) - 23;
    }
}
