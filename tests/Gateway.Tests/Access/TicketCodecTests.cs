using Gateway.Access.Tickets;

namespace Gateway.Tests.Access;

/// <summary>Ticket bytes with a good signature that this version did not write.</summary>
public sealed class TicketCodecTests
{
    private static readonly TicketKey Key = new("a", new byte[32]);

    [Fact]
    public void Read_WhatWasWritten_GivesItBack()
    {
        Assert.True(TicketCodec.TryRead(Written(Sample()), out var read));
        Assert.Equal(Sample(), read);
    }

    [Fact]
    public void Read_LimitBeyondWhatCanBeHeld_IsRefused()
    {
        var bytes = Written(Sample() with { MaxKbps = int.MaxValue });
        Assert.True(TicketCodec.TryRead(bytes, out _));
        // The highest bits of a number of five bytes, at the end.
        bytes[^1] = 0x0F;
        Assert.False(TicketCodec.TryRead(bytes, out _));

        bytes = Written(Sample() with { MaxStreams = int.MaxValue });
        Assert.True(TicketCodec.TryRead(bytes, out _));
        bytes[^1] = 0x0F;
        Assert.False(TicketCodec.TryRead(bytes, out _));
    }

    [Fact]
    public void Read_NumberWithoutAnEnd_IsRefused()
    {
        var bytes = Written(Sample() with { MaxKbps = int.MaxValue });
        bytes[^1] = 0x8F;
        Assert.False(TicketCodec.TryRead(bytes, out _));
    }

    [Fact]
    public void Read_UnknownFlag_IsRefused()
    {
        for (var bit = 128; bit < 256; bit *= 2)
        {
            var bytes = Written(Sample());
            bytes[1] |= (byte)bit;
            Assert.False(TicketCodec.TryRead(bytes, out _));
        }
    }

    [Fact]
    public void Read_ShorterOrLonger_IsRefused()
    {
        var bytes = Written(Sample() with { MaxKbps = 300, MaxStreams = 300, Binding = TicketBinding.To(TicketBindingKind.Device, "d") });
        for (var length = 0; length < bytes.Length; length++) Assert.False(TicketCodec.TryRead(bytes.AsSpan(0, length), out _));
        Assert.True(TicketCodec.TryRead(bytes, out _));
        Assert.False(TicketCodec.TryRead([.. bytes, 0], out _));
    }

    private static Ticket Sample() => new()
    {
        Session = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
        User = "user",
        Cluster = "origin",
        Scope = "/a/",
        IssuedAt = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000),
        FreshUntil = DateTimeOffset.FromUnixTimeSeconds(1_800_000_127),
        HardExpiry = DateTimeOffset.FromUnixTimeSeconds(1_800_000_128),
    };

    private static byte[] Written(Ticket ticket)
    {
        Span<byte> bytes = stackalloc byte[TicketCodec.MaxBytes];
        return bytes[..TicketCodec.Write(ticket, Key, bytes)].ToArray();
    }
}
