using System.Text;
using Gateway.Media;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Hash of a media address, computed from a playlist's reference without making the address: the directory once, then file name
/// and query per segment. Seeded per process, so that nobody can write a playlist whose addresses collide.
/// </summary>
internal static class AddressHash
{
    /// <summary>Longest file name or query that is put on the wire without an array.</summary>
    private const int Short = 256;

    public static int OfDirectory(string cluster, ReadOnlySpan<char> directory) => HashCode.Combine(cluster, string.GetHashCode(directory, StringComparison.Ordinal));

    /// <param name="directory">Hash of cluster and directory.</param>
    /// <param name="file">Wire form.</param>
    /// <param name="query">Empty, or the wire form with its question mark.</param>
    public static int Of(int directory, ReadOnlySpan<byte> file, ReadOnlySpan<byte> query)
    {
        var hash = default(HashCode);
        hash.Add(directory);
        hash.AddBytes(file);
        hash.AddBytes(query);
        return hash.ToHashCode();
    }

    public static int Of(MediaAddress address)
    {
        var name = address.Path.LastIndexOf('/') + 1;
        var file = address.Path.AsSpan(name);
        Span<byte> room = stackalloc byte[2 * Short];
        return Of(OfDirectory(address.Cluster, address.Path.AsSpan(0, name)), Wire(file, room[..Short]), Wire(address.Query, room[Short..]));
    }

    private static ReadOnlySpan<byte> Wire(ReadOnlySpan<char> text, Span<byte> room)
    {
        if (Encoding.UTF8.TryGetBytes(text, room, out var length)) return room[..length];
        var wire = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, wire);
        return wire;
    }
}
