using System.Buffers.Binary;
using Gateway.Manifests.Dash.Presentation;

namespace Gateway.Tests.Manifests.Dash.Presentation;

public sealed class SegmentIndexTests
{
    [Fact]
    public void Sidx_BehindOtherBoxes_IsRead()
    {
        byte[] bytes = [0, 0, 0, 8, .. "free"u8, .. Sidx(90000, 900, 0, (500, 180000))];
        Assert.True(SegmentIndex.TryRead(bytes, 1000, out var timescale, out var entries));
        Assert.Equal(90000, timescale);
        Assert.Equal(new SegmentIndex.Entry(1000 + bytes.Length, 500, 900, 180000), Assert.Single(entries));
    }

    [Fact]
    public void Sidx_CutAnywhere_IsRefused()
    {
        var bytes = Sidx(90000, 0, 0, (500, 180000), (600, 180000));
        for (var i = 0; i < bytes.Length; i++) Assert.False(SegmentIndex.TryRead(bytes.AsSpan(0, i), 0, out _, out _), i.ToString());
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
                SegmentIndex.TryRead(changed, 0, out _, out _);
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
