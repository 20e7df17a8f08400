using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Adaptation.Bandwidth;

/// <summary>The network that an address belongs to, as far as lines are alike in it: of IPv4 a /24, of IPv6 a /48. Not a person's address.</summary>
/// <param name="Bits">The leading bits; those of IPv4 stand apart from all of IPv6.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NetworkPrefix(ulong Bits)
{
    /// <summary>2002::/16 and the like are rare; the mark lies where no global unicast address (2000::/3) has a bit.</summary>
    private const ulong FourMark = 0xFFFF_0000_0000_0000;

    public static NetworkPrefix Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        address.TryWriteBytes(bytes, out _);
        var bits = 0UL;
        var length = address.AddressFamily == AddressFamily.InterNetwork ? 3 : 6;
        for (var i = 0; i < length; i++) bits = (bits << 8) | bytes[i];
        return new NetworkPrefix(length == 3 ? FourMark | bits : bits);
    }
}
