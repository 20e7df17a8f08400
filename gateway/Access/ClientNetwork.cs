using System.Net;
using System.Net.Sockets;

namespace Gateway.Access;

/// <summary>
/// The address range of one client: an IPv4 address, or of IPv6 the /64 that every household gets (RFC 6177), else one client could pose as 2^64.
/// </summary>
internal static class ClientNetwork
{
    private const int PrefixBytes = 8;

    public static string Of(IPAddress? address)
    {
        if (address is null) return string.Empty;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[PrefixBytes..].Clear();
        return new IPAddress(bytes).ToString();
    }
}
