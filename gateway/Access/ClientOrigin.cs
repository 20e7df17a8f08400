using System.Buffers.Binary;
using System.Net;
using Gateway.Media;

namespace Gateway.Access;

/// <summary>
/// Where a client comes from, at two widths: the range of one household (an IPv4 address, an IPv6 /64: RFC 6177), and the range that one customer of a provider can get hold
/// of (an IPv4 /24, the least that is routed on its own; an IPv6 /48, the most that a site is given). IPv4 stands in its mapped form (RFC 4291 §2.5.5.2).
/// </summary>
/// <param name="Household">The household's prefix.</param>
/// <param name="Network">The customer's prefix.</param>
internal readonly record struct ClientOrigin(UInt128 Household, UInt128 Network)
{
    private const int Bits = 128;
    private const int HouseholdPrefix = 64;
    private const int NetworkPrefix = 48;
    private const int HostBitsOfIPv4Network = 8;

    /// <summary>Before the four bytes of an IPv4 address in its mapped form.</summary>
    private static readonly UInt128 MappedPrefix = new(0, 0xFFFF_0000_0000);

    /// <summary>Nobody in particular: the gateway itself, or a session that came from another node.</summary>
    public bool IsNone => this == default;

    /// <summary>The same for a title that may have to be made first.</summary>
    public StartConditions Start => new(Household, Network);

    /// <summary>The network as text, such as <c>203.0.113.0/24</c>: no person's address.</summary>
    public string NetworkText => Text(Network, HostBitsOfIPv4Network, NetworkPrefix);

    /// <summary>The household as text: an IPv4 address, of IPv6 the /64.</summary>
    public string HouseholdText => Text(Household, 0, HouseholdPrefix);

    public static ClientOrigin Of(IPAddress? address)
    {
        if (address is null) return default;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        // Mapped here: each request comes by, and the framework's own mapping makes an object of it.
        var whole = written == 4 ? MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return written == 4 || address.IsIPv4MappedToIPv6
            ? new ClientOrigin(whole, Prefix(whole, Bits - HostBitsOfIPv4Network))
            : new ClientOrigin(Prefix(whole, HouseholdPrefix), Prefix(whole, NetworkPrefix));
    }

    private static UInt128 Prefix(UInt128 address, int bits) => address >> (Bits - bits) << (Bits - bits);

    private static string Text(UInt128 prefix, int hostBitsOfIPv4, int lengthOfIPv6)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, prefix);
        var address = new IPAddress(bytes);
        if (!address.IsIPv4MappedToIPv6) return $"{address}/{lengthOfIPv6}";
        return hostBitsOfIPv4 == 0 ? $"{address.MapToIPv4()}" : $"{address.MapToIPv4()}/{32 - hostBitsOfIPv4}";
    }
}
