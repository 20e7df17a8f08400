using System.Buffers.Binary;
using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Caching.Disk;

/// <summary>
/// The head of a record: everything of a stored response but its bytes. Text stands as UTF-16, so that whatever came in a field goes out again. A head is read only when its own
/// checksum is right, and that begins with the folder's secret and the slab's generation: a record of an earlier use of the slab is none.
/// </summary>
internal sealed record RecordHead
{
    /// <summary>Largest head. Such fields would be refused by most servers.</summary>
    public const int MostBytes = 64 << 10;

    private const uint Magic = 0x52534744;

    /// <summary>In place of the magic in a record that a newer one has replaced: its length still leads to the next.</summary>
    private const uint Replaced = 0x58534744;

    /// <summary>Bytes of the fixed part: magic, length of the head, checksum of the head, length of the body, checksum of the body.</summary>
    private const int Fixed = 32;

    private const int MostItems = 256;

    public required CacheKey Key { get; init; }

    public required string Title { get; init; }

    public required ResponseHead Head { get; init; }

    public required string FinalUrl { get; init; }

    public required VaryKey Vary { get; init; }

    /// <summary>Freshness as it was at <see cref="WrittenAt"/>, with the age of that moment as the initial one.</summary>
    public required Freshness Freshness { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>When its response was asked for, by the counter of the <see cref="Invalidations"/>.</summary>
    public required long AskedIn { get; init; }

    public required long BodyLength { get; init; }

    public required ulong BodySum { get; init; }

    /// <summary>A newer response has come, whether or not that lies on disk.</summary>
    public bool IsReplaced { get; private init; }

    /// <summary>Bytes of this head on disk; the body follows at once.</summary>
    public int Bytes { get; private init; }

    /// <summary>Bytes of the whole record.</summary>
    public long RecordBytes => Bytes + BodyLength;

    /// <summary>Length of the head that begins with these bytes; 0 when none does.</summary>
    public static int LengthOf(ReadOnlySpan<byte> start)
    {
        var reader = new RecordReader(start);
        if (start.Length < Fixed || reader.UInt32() is not (Magic or Replaced)) return 0;
        return reader.Int32() is >= Fixed and <= MostBytes and var length ? length : 0;
    }

    /// <summary>Null when the head is larger than one may be.</summary>
    public byte[]? TryWrite(ulong seed, long generation)
    {
        var writer = new RecordWriter(MostBytes);
        writer.Add(Magic);
        writer.Add(0);
        writer.Add(0L);
        writer.Add(BodyLength);
        writer.Add(BodySum);
        writer.Add(Key.Address.Cluster);
        writer.Add(Key.Address.Path);
        writer.Add(Key.Address.Query);
        writer.Add(Key.Partition);
        writer.Add(Key.Slice);
        writer.Add(Title);
        writer.Add(FinalUrl);
        writer.Add(AskedIn);
        writer.Add(WrittenAt.UtcTicks);
        WriteFreshness(ref writer);
        writer.Add(Head.Status);
        writer.Add(Head.Fields.Length);
        foreach (ref readonly var field in Head.Fields)
        {
            writer.Add(field.Name);
            writer.Add(field.Value);
        }

        writer.Add(Vary.Selected.Length);
        foreach (var (name, value) in Vary.Selected)
        {
            writer.Add(name);
            writer.Add(value);
        }

        writer.Add(Vary.Language);
        if (writer.IsTooLong || Head.Fields.Length > MostItems || Vary.Selected.Length > MostItems) return null;
        var head = writer.ToArray();
        Seal(head, seed, generation);
        return head;
    }

    /// <summary>Null when the bytes are no head of this generation, or not as they were written.</summary>
    public static RecordHead? Read(ulong seed, long generation, ReadOnlySpan<byte> bytes)
    {
        var length = LengthOf(bytes);
        if (length == 0 || length > bytes.Length) return null;
        bytes = bytes[..length];
        var reader = new RecordReader(bytes[8..]);
        if (reader.UInt64() != Sum(bytes, seed, generation)) return null;
        var (bodyLength, bodySum) = (reader.Int64(), reader.UInt64());
        var key = new CacheKey(new MediaAddress(reader.Text(), reader.Text(), reader.Text()), reader.Text(), reader.Int64());
        var (title, finalUrl) = (reader.Text(), reader.Text());
        var (askedIn, written) = (reader.Int64(), reader.Int64());
        var freshness = ReadFreshness(ref reader);
        var status = reader.Int32();
        var fields = new HeaderLine[reader.Count(MostItems)];
        for (var i = 0; i < fields.Length; i++) fields[i] = new HeaderLine(reader.Text(), reader.Text());
        var selected = new (string, string?)[reader.Count(MostItems)];
        for (var i = 0; i < selected.Length; i++) selected[i] = (reader.Text(), reader.TextOrNull());
        var vary = VaryKey.Restore(selected, reader.TextOrNull());
        if (reader.IsBroken || bodyLength < 0 || written < 0 || written > DateTimeOffset.MaxValue.UtcTicks) return null;
        return new RecordHead
        {
            Key = key,
            Title = title,
            Head = new ResponseHead(status, fields),
            FinalUrl = finalUrl,
            Vary = vary,
            Freshness = freshness,
            WrittenAt = new DateTimeOffset(written, TimeSpan.Zero),
            AskedIn = askedIn,
            BodyLength = bodyLength,
            BodySum = bodySum,
            Bytes = length,
            IsReplaced = BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Replaced,
        };
    }

    /// <summary>Marks a head as replaced; only its first 16 bytes change.</summary>
    public static void Replace(Span<byte> head, ulong seed, long generation)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head, Replaced);
        Seal(head, seed, generation);
    }

    /// <summary>The same head in another slab.</summary>
    public static void Seal(Span<byte> head, ulong seed, long generation)
    {
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], head.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], Sum(head, seed, generation));
    }

    /// <summary>Over everything but the sum itself.</summary>
    private static ulong Sum(ReadOnlySpan<byte> head, ulong seed, long generation)
    {
        Span<byte> start = stackalloc byte[16];
        head[..8].CopyTo(start);
        BinaryPrimitives.WriteInt64LittleEndian(start[8..], generation);
        var sum = new Checksum(seed);
        sum.Append(start);
        sum.Append(head[16..]);
        return sum.Value;
    }

    private void WriteFreshness(ref RecordWriter writer)
    {
        writer.Add(Freshness.Lifetime?.Ticks ?? -1);
        writer.Add(Freshness.InitialAge.Ticks);
        writer.Add(Freshness.StaleWhileRevalidate.Ticks);
        writer.Add(Freshness.StaleIfError.Ticks);
        writer.Add((Freshness.AlwaysValidate ? 1 : 0) | (Freshness.NeverStale ? 2 : 0) | (Freshness.Immutable ? 4 : 0) | (Freshness.IsGuessed ? 8 : 0));
    }

    private static Freshness ReadFreshness(ref RecordReader reader)
    {
        var lifetime = reader.Int64();
        var (age, whileRevalidate, ifError) = (reader.Int64(), reader.Int64(), reader.Int64());
        var flags = reader.Int32();
        return new Freshness(
            lifetime < 0 ? null : TimeSpan.FromTicks(lifetime),
            TimeSpan.FromTicks(age),
            TimeSpan.FromTicks(whileRevalidate),
            TimeSpan.FromTicks(ifError),
            (flags & 1) != 0,
            (flags & 2) != 0,
            (flags & 4) != 0)
        {
            IsGuessed = (flags & 8) != 0,
        };
    }
}
