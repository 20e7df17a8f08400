using System.Buffers.Binary;

namespace Gateway.Connections.Receiving;

/// <summary>
/// The records by which a side of TLS says that it sends no more (close_notify, RFC 8446, 6.1). Amid a request nobody reads them, so they lie before the end of a client that has left.
/// </summary>
internal static class TlsFarewell
{
    /// <summary>More bytes than that are no farewell.</summary>
    public const int MostBytes = 255;

    private const int Head = 5;
    private const byte Alert = 21;
    private const byte ApplicationData = 23;

    /// <summary>From version 1.3 on every record looks like application data: two bytes of an alert, its kind, and the tag.</summary>
    private const int HiddenAlert = 19;

    /// <summary>Whether bytes are whole records of this kind and nothing else.</summary>
    public static bool IsAllOf(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < Head) return false;
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            if (bytes[0] != Alert && (bytes[0] != ApplicationData || length != HiddenAlert)) return false;
            if (bytes.Length < Head + length) return false;
            bytes = bytes[(Head + length)..];
        }

        return true;
    }
}
