using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Access.Tickets;

/// <summary>Ties a ticket to one network or device, so that a copied URL is of no use elsewhere.</summary>
/// <param name="Kind">What is compared.</param>
/// <param name="Digest">First 64 bits of the SHA-256 of what is compared; enough to tell strangers apart, and it gives nothing away.</param>
internal readonly record struct TicketBinding(TicketBindingKind Kind, ulong Digest)
{
    public static TicketBinding To(TicketBindingKind kind, string value) => kind == TicketBindingKind.None ? default : new(kind, DigestOf(value));

    /// <summary>Whether the caller's address or device (by <see cref="Kind"/>) is the one that the ticket was made for.</summary>
    public bool Matches(string value) => Kind == TicketBindingKind.None || Digest == DigestOf(value);

    private static ulong DigestOf(string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(value), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
