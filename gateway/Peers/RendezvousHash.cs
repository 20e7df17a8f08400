using Gateway.Media;

namespace Gateway.Peers;

/// <summary>
/// Weighted rendezvous hashing (highest random weight; Thaler and Ravishankar 1998, weights by Schindelhauer and Schomaker 2005): every node computes the same order of nodes for a title without a
/// word between them, and a node that comes or goes moves the titles of its own share and no others. Pure functions; the same in every process and version, unlike <see cref="string.GetHashCode()"/>.
/// </summary>
internal static class RendezvousHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Hash of a node's name, computed once.</summary>
    public static ulong NodeOf(string name) => Mix(Add(Offset, name));

    /// <summary>Hash of the title that an address belongs to: its cluster and the first folders of its path, as far as there are so many. A file in no folder is its own title.</summary>
    /// <param name="address">Of any object of the title.</param>
    /// <param name="folders">1 or more; what the balancer hashes has to be the same for both to agree.</param>
    public static ulong TitleOf(MediaAddress address, int folders)
    {
        var path = address.Path.AsSpan();
        var end = 0;
        for (var i = 0; i < folders; i++)
        {
            var slash = path[(end + 1)..].IndexOf('/');
            if (slash < 0) break;
            end += slash + 1;
        }

        return Mix(Add(Add(Offset, address.Cluster) * Prime, end == 0 ? path : path[..(end + 1)]));
    }

    /// <summary>Hash of one object.</summary>
    public static ulong ObjectOf(MediaAddress address) => Mix(Add(Add(Add(Offset, address.Cluster) * Prime, address.Path) * Prime, address.Query));

    /// <summary>How well a node fits a title: the node with the highest score has it.</summary>
    /// <param name="weight">Above 0; a node of weight 2 has twice the titles of one of weight 1.</param>
    public static double Score(ulong title, ulong node, double weight)
    {
        // Within (0, 1), both ends excluded: 53 bits and a half.
        var uniform = ((Mix(title ^ node) >> 11) + 0.5) / (1UL << 53);
        return -weight / Math.Log(uniform);
    }

    /// <summary>FNV-1a over UTF-16 units.</summary>
    private static ulong Add(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var letter in text) hash = (hash ^ letter) * Prime;
        return hash;
    }

    /// <summary>Finaliser of SplitMix64: FNV alone leaves names that differ in their last letter close together.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
