using System.Buffers.Binary;

namespace TranscoderStub.Packaging;

/// <summary>
/// Packets of one elementary stream in MPEG-TS (ISO/IEC 13818-1 section 2.4.3). Each packet of the program clock's PID that begins a PES packet carries the
/// clock. Counters begin at 0, and the last PES packet of a segment is spread so that they end where the next segment's begin: whoever plays segments of
/// different encoders behind each other sees one stream without a lost packet.
/// </summary>
internal sealed class TransportPackets(Stream output)
{
    public const int Length = 188;
    private const int HeaderLength = 4, ClockField = 8, Counters = 16;
    private readonly byte[] _packet = new byte[Length];
    private int _written;

    /// <summary>A section of program tables (section 2.4.4) in a packet of its own.</summary>
    /// <param name="pid">Of the table.</param>
    /// <param name="counter">Number of the packet of this PID.</param>
    /// <param name="section">Without its checksum.</param>
    /// <param name="stop">The asker leaves.</param>
    public ValueTask SectionAsync(int pid, int counter, byte[] section, CancellationToken stop)
    {
        Head(pid, begins: true, counter, hasField: false);
        _packet[HeaderLength] = 0; // pointer_field
        section.CopyTo(_packet, HeaderLength + 1);
        var end = HeaderLength + 1 + section.Length;
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(end), Checksum(section));
        _packet.AsSpan(end + 4).Fill(0xFF);
        return output.WriteAsync(_packet, stop);
    }

    /// <summary>A PES packet.</summary>
    /// <param name="pid">Of the stream.</param>
    /// <param name="pes">The packet.</param>
    /// <param name="clock">Program clock at its first byte, in ticks of 90 kHz.</param>
    /// <param name="isKey">Whether a player may begin here.</param>
    /// <param name="isLast">Whether the segment ends with it.</param>
    /// <param name="stop">The asker leaves.</param>
    public async ValueTask PesAsync(int pid, ReadOnlyMemory<byte> pes, long clock, bool isKey, bool isLast, CancellationToken stop)
    {
        const int Capacity = Length - HeaderLength;
        var count = 1 + (Math.Max(0, pes.Length - (Capacity - ClockField)) + Capacity - 1) / Capacity;
        if (isLast) count += (Counters - ((_written + count) % Counters)) % Counters;
        for (var n = 0; n < count; n++)
        {
            // At least a byte is left for each packet that follows.
            var take = Math.Min(Capacity - (n == 0 ? ClockField : 0), pes.Length - (count - n - 1));
            var field = Capacity - take;
            Head(pid, n == 0, _written++, field > 0);
            if (field > 0) Field(field, n == 0 ? clock : null, n == 0 && isKey);
            pes[..take].CopyTo(_packet.AsMemory(HeaderLength + field));
            pes = pes[take..];
            await output.WriteAsync(_packet, stop);
        }
    }

    private void Head(int pid, bool begins, int counter, bool hasField)
    {
        _packet[0] = 0x47;
        _packet[1] = (byte)((begins ? 0x40 : 0) | (pid >> 8));
        _packet[2] = (byte)pid;
        _packet[3] = (byte)((hasField ? 0x30 : 0x10) | (counter % Counters));
    }

    // Section 2.4.3.4: the clock in 33 bits at 90 kHz, six reserved ones and no extension; the rest is stuffing.
    private void Field(int length, long? clock, bool isKey)
    {
        var field = _packet.AsSpan(HeaderLength, length);
        field[0] = (byte)(length - 1);
        if (length == 1) return;
        field[1] = (byte)((isKey ? 0x40 : 0) | (clock is null ? 0 : 0x10));
        field[2..].Fill(0xFF);
        if (clock is not { } ticks) return;
        ticks &= 0x1_FFFF_FFFF;
        BinaryPrimitives.WriteUInt32BigEndian(field[2..], (uint)(ticks >> 1));
        field[6] = (byte)(((ticks & 1) << 7) | 0x7E);
        field[7] = 0;
    }

    // Annex A: polynomial 04C11DB7, from the highest bit on, begun with ones.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= (uint)b << 24;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 0x8000_0000) != 0 ? (crc << 1) ^ 0x04C1_1DB7 : crc << 1;
        }

        return crc;
    }
}
