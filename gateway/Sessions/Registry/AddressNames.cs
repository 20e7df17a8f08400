using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Sessions.Registry;

/// <summary>
/// A client's address as text, and the name that stands for everybody there: a digest, for it goes into tickets. Both are needed for each request by <c>/play</c>, and the name takes a digest; players come again and again, so those
/// that came lately are kept.
/// </summary>
/// <remarks>Thread-safe. An address that takes the place of another only costs that one its next making.</remarks>
internal static class AddressNames
{
    /// <summary>A few hundred bytes each: a quarter of a megabyte.</summary>
    private const int Kept = 1024;

    private const int NameBytes = 8;

    private static readonly Known?[] Lately = new Known?[Kept];

    /// <summary>The address as text; empty for none.</summary>
    public static string TextOf(IPAddress? address) => Of(address).Text;

    /// <summary>The name of everybody at the address.</summary>
    public static string NameOf(IPAddress? address) => Of(address).Name;

    private static Known Of(IPAddress? address)
    {
        ref var place = ref Lately[(uint)(address?.GetHashCode() ?? 0) % Kept];
        if (Volatile.Read(ref place) is { } known && Equals(known.Address, address)) return known;
        var text = address?.ToString() ?? string.Empty;
        var made = new Known(address, text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"address {text}")).AsSpan(0, NameBytes)));
        Volatile.Write(ref place, made);
        return made;
    }

    private sealed record Known(IPAddress? Address, string Text, string Name);
}
