using System.Buffers.Binary;
using Gateway.Media;
using Gateway.Timelines;

namespace Gateway.Tests.Timelines;

public sealed class SegmentIndexTests
{
    [Fact]
    public void Sidx_BehindOtherBoxes_IsRead()
    {
        byte[] bytes = [0, 0, 0, 8, .. "free"u8, .. Sidx(90000, 900, 0, (500, 180000))];
        var index = SegmentIndex.Read(bytes, new ByteRange(1000, bytes.Length));
        Assert.NotNull(index);
        Assert.Equal(90000, index.Timescale);
        Assert.Equal(new SegmentIndex.Entry(1000 + bytes.Length, 500, 900, 180000), Assert.Single(index.Entries.ToArray()));
    }

    [Fact]
    public void Sidx_ReferencesToIndexesAndEmptyOnes_AreStepsButNoSegments()
    {
        var bytes = Sidx(1, 0, 0, (500, 2), (0x8000_0000 | 70, 2), (0, 2), (600, 2));
        Assert.Equal(
            [new SegmentIndex.Entry(bytes.Length, 500, 0, 2), new SegmentIndex.Entry(bytes.Length + 570, 600, 6, 2)],
            SegmentIndex.Read(bytes, new ByteRange(0, bytes.Length))!.Entries.ToArray());
    }

    [Fact]
    public void Sidx_CutAnywhere_IsRefused()
    {
        var bytes = Sidx(90000, 0, 0, (500, 180000), (600, 180000));
        for (var i = 0; i < bytes.Length; i++) Assert.True(SegmentIndex.Read(bytes.AsSpan(0, i), new ByteRange(0, i)) is null, i.ToString());
    }

    [Fact]
    public void Sidx_AnyByteChanged_NeverThrows()
    {
        var bytes = Sidx(90000, 0, 0, (500, 180000), (600, 180000));
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var value in (byte[])[0, 1, 0x7F, 0x80, 0xFF])
            {
                var changed = bytes.ToArray();
                changed[i] = value;
                SegmentIndex.Read(changed, new ByteRange(0, changed.Length));
            }
        }
    }

    internal static byte[] Sidx(uint timescale, uint start, uint first, params (uint Length, uint Duration)[] entries)
    {
        var box = new byte[32 + (entries.Length * 12)];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        "sidx"u8.CopyTo(box.AsSpan(4));
        BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(12), 1);
        BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(16), timescale);
        BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(20), start);
        BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(24), first);
        BinaryPrimitives.WriteUInt16BigEndian(box.AsSpan(30), (ushort)entries.Length);
        for (var i = 0; i < entries.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(32 + (i * 12)), entries[i].Length);
            BinaryPrimitives.WriteUInt32BigEndian(box.AsSpan(36 + (i * 12)), entries[i].Duration);
        }

        return box;
    }
}
