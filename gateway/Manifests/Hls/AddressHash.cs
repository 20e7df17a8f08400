using System.Text;
using Gateway.Media;

namespace Gateway.Manifests.Hls;

/// <summary>
/// Hash of a media address, computed from a playlist's reference without making the address: the directory once, then file name
/// and query per segment. Seeded per process, so that nobody can write a playlist whose addresses collide.
/// </summary>
internal static class AddressHash
{
    public static int OfDirectory(string cluster, string directory) => HashCode.Combine(cluster, directory);

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
        var file = address.Path.LastIndexOf('/') + 1;
        return Of(
            OfDirectory(address.Cluster, address.Path[..file]),
            Encoding.UTF8.GetBytes(address.Path[file..]),
            Encoding.UTF8.GetBytes(address.Query));
    }
}
