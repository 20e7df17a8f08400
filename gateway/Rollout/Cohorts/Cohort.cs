using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Rollout.Cohorts;

/// <summary>
/// Who belongs to a cohort of a given size. A user has one place on the line from 0 to 1, the same on every node and after every restart, and belongs to every cohort whose share lies above it:
/// growing from a tenth to a half only adds users.
/// </summary>
internal static class Cohort
{
    /// <summary>Told apart from other hashes of the same names (viewer keys, balancers): a cohort must not be a node's share of the users.</summary>
    private const string Salt = "gateway rollout cohort\n";

    /// <summary>A user's place, in [0, 1). Uniform: SHA-256, so that nobody chooses a place by choosing a name.</summary>
    /// <param name="name">The user; of a viewer without a name, the session's id.</param>
    public static double PlaceOf(string name)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(Salt + name), digest);
        // 53 bits: what a double holds exactly.
        return (BinaryPrimitives.ReadUInt64BigEndian(digest) >> 11) * (1.0 / (1UL << 53));
    }
}
