using System.Buffers.Binary;
using System.Text;

namespace Gateway.Access.Tickets;

/// <summary>
/// The bytes of a ticket, without signature. Big-endian; lengths are one byte, numbers marked * are variable-length (7 bits a byte, lowest first):
/// <code>version 1 | flags 1 | key id 1+n | session 16 | issued at 4 | fresh for* | good for* | user 1+n | cluster 1+n | scope 1+n
/// [| bound to 8] [| max kbps*] [| grant 1+n] [| max streams*]</code>
/// What stands in brackets is there when its flag is set; a reader that does not know a flag refuses the ticket, so that no limit is ever overlooked. Times are in seconds
/// (issued at: since 1970, good until 2106), the two spans count from the time of issue.
/// </summary>
internal static class TicketCodec
{
    public const int MaxUserBytes = 48;
    public const int MaxClusterBytes = 64;

    /// <summary>No ticket has more bytes than this, signature excluded.</summary>
    public const int MaxBytes = 2 + 1 + TicketKey.MaxIdLength + 16 + 4 + 5 + 5 + 1 + MaxUserBytes + 1 + MaxClusterBytes + 1 + TicketScope.MaxBytes + 8 + 5 + 1 + MediaGrant.MaxTextBytes + 5;

    private const byte Version = 1;
    private const byte BoundToAddress = 1;
    private const byte BoundToDevice = 2;
    private const byte LimitsBitrate = 4;
    private const byte LimitsMedia = 8;
    private const byte LimitsStreams = 16;
    private const byte ForMediaOnly = 32;
    private const byte Auto = 64;
    private const byte Known = BoundToAddress | BoundToDevice | LimitsBitrate | LimitsMedia | LimitsStreams | ForMediaOnly | Auto;

    /// <returns>The number of bytes written; <paramref name="into"/> must hold <see cref="MaxBytes"/>.</returns>
    public static int Write(Ticket ticket, TicketKey key, Span<byte> into)
    {
        var writer = new Writer(into);
        writer.Byte(Version);
        writer.Byte((byte)(ticket.Binding.Kind switch
        {
            TicketBindingKind.Address => BoundToAddress,
            TicketBindingKind.Device => BoundToDevice,
            _ => 0,
        } | (ticket.MaxKbps > 0 ? LimitsBitrate : 0) | (ticket.Grant.IsEverything ? 0 : LimitsMedia) | (ticket.MaxStreams > 0 ? LimitsStreams : 0) | (ticket.IsForMediaOnly ? ForMediaOnly : 0) | (ticket.IsAuto ? Auto : 0)));
        writer.Bytes(key.IdBytes);
        writer.Guid(ticket.Session);
        writer.UInt32(checked((uint)ticket.IssuedAt.ToUnixTimeSeconds()));
        writer.Number(SecondsAfter(ticket.IssuedAt, ticket.FreshUntil));
        writer.Number(SecondsAfter(ticket.IssuedAt, ticket.HardExpiry));
        writer.Text(ticket.User, MaxUserBytes);
        writer.Text(ticket.Cluster, MaxClusterBytes);
        writer.Text(ticket.Scope, TicketScope.MaxBytes);
        if (ticket.Binding.Kind != TicketBindingKind.None) writer.UInt64(ticket.Binding.Digest);
        if (ticket.MaxKbps > 0) writer.Number((uint)ticket.MaxKbps);
        if (ticket.Grant.Text is { } grant) writer.Text(grant, MediaGrant.MaxTextBytes);
        if (ticket.MaxStreams > 0) writer.Number((uint)ticket.MaxStreams);
        return writer.Length;
    }

    /// <summary>The key id, before anything is trusted.</summary>
    public static bool TryReadKeyId(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> id)
    {
        var reader = new Reader(bytes);
        id = default;
        return reader.Byte() == Version && reader.Skip(1) && reader.TryBytes(out id);
    }

    /// <summary>Reads bytes whose signature is good; false means that they were signed by another version of this software.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ticket ticket)
    {
        ticket = null!;
        var reader = new Reader(bytes);
        reader.Byte();
        var flags = reader.Byte();
        reader.TryBytes(out _);
        var session = reader.Guid();
        var issuedAt = reader.UInt32();
        var fresh = reader.Number();
        var good = reader.Number();
        var user = reader.Text();
        var cluster = reader.Text();
        var scope = reader.Text();
        var binding = (flags & (BoundToAddress | BoundToDevice)) switch
        {
            0 => default,
            BoundToAddress => new TicketBinding(TicketBindingKind.Address, reader.UInt64()),
            _ => new TicketBinding(TicketBindingKind.Device, reader.UInt64()),
        };
        var maxKbps = (flags & LimitsBitrate) == 0 ? 0 : reader.Number();
        var grant = (flags & LimitsMedia) == 0 ? MediaGrant.Everything : MediaGrant.Parse(reader.Text());
        var maxStreams = (flags & LimitsStreams) == 0 ? 0 : reader.Number();
        if (!reader.EndedWell || maxKbps > int.MaxValue || maxStreams > int.MaxValue || (flags & ~Known) != 0) return false;
        var issued = DateTimeOffset.FromUnixTimeSeconds(issuedAt);
        ticket = new Ticket
        {
            Session = session,
            User = user,
            Cluster = cluster,
            Scope = scope,
            IssuedAt = issued,
            FreshUntil = issued.AddSeconds(fresh),
            HardExpiry = issued.AddSeconds(good),
            Binding = binding,
            MaxKbps = (int)maxKbps,
            Grant = grant,
            MaxStreams = (int)maxStreams,
            IsForMediaOnly = (flags & ForMediaOnly) != 0,
            IsAuto = (flags & Auto) != 0,
        };
        return true;
    }

    private static uint SecondsAfter(DateTimeOffset start, DateTimeOffset end) => checked((uint)(end - start).TotalSeconds);

    private ref struct Writer(Span<byte> into)
    {
        private readonly Span<byte> _into = into;

        public int Length { get; private set; }

        public void Byte(byte value) => _into[Length++] = value;

        public void Bytes(ReadOnlySpan<byte> value)
        {
            Byte((byte)value.Length);
            value.CopyTo(_into[Length..]);
            Length += value.Length;
        }

        public void Text(string value, int limit)
        {
            var count = Encoding.UTF8.GetByteCount(value);
            if (count > limit) throw new ArgumentException($"A ticket holds at most {limit} bytes here, not {count}.", nameof(value));
            Byte((byte)count);
            Length += Encoding.UTF8.GetBytes(value, _into[Length..]);
        }

        public void Guid(Guid value)
        {
            value.TryWriteBytes(_into[Length..], bigEndian: true, out var written);
            Length += written;
        }

        public void UInt32(uint value)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_into[Length..], value);
            Length += sizeof(uint);
        }

        public void UInt64(ulong value)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_into[Length..], value);
            Length += sizeof(ulong);
        }

        public void Number(uint value)
        {
            for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
            Byte((byte)value);
        }
    }

    /// <summary>Reading past the end gives zeros and is remembered, so that the layout above reads without a check per field.</summary>
    private ref struct Reader(ReadOnlySpan<byte> from)
    {
        private ReadOnlySpan<byte> _rest = from;
        private bool _short;

        public readonly bool EndedWell => !_short && _rest.IsEmpty;

        public byte Byte() => Take(1) is [var value] ? value : (byte)0;

        public bool Skip(int count) => !Take(count).IsEmpty;

        public bool TryBytes(out ReadOnlySpan<byte> value)
        {
            value = Take(Byte());
            return !_short;
        }

        public string Text() => Encoding.UTF8.GetString(Take(Byte()));

        public Guid Guid() => Take(16) is { Length: 16 } bytes ? new Guid(bytes, bigEndian: true) : default;

        public uint UInt32() => Take(sizeof(uint)) is { Length: sizeof(uint) } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;

        public ulong UInt64() => Take(sizeof(ulong)) is { Length: sizeof(ulong) } bytes ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;

        public uint Number()
        {
            uint value = 0;
            for (var shift = 0; shift < 35; shift += 7)
            {
                var next = Byte();
                value |= (uint)(next & 0x7F) << shift;
                if (next < 0x80) return value;
            }

            _short = true;
            return 0;
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length)
            {
                _short = true;
                _rest = default;
                return default;
            }

            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
