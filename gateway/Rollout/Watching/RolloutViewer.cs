using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Gateway.Access;

namespace Gateway.Rollout.Watching;

/// <summary>
/// Whose an event of the roll-out is: a named user's, or a network's, for everybody in it who has no name. Nobody can be more than one user without another credential, or more than one network without another
/// one's addresses; sessions, by contrast, are to be had for the asking.
/// </summary>
/// <param name="Name">A hash: names and addresses are not kept.</param>
/// <param name="IsNamed">Whether it is a user's.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RolloutViewer(ulong Name, bool IsNamed)
{
    /// <param name="user">The credential's user; empty for nobody.</param>
    /// <param name="client">Where the request comes from. Unknown ones are one network together.</param>
    public static RolloutViewer Of(string user, in ClientOrigin client) => user.Length > 0
        ? new RolloutViewer(Hash($"user {user}"), true)
        : new RolloutViewer(Hash($"network {client.Network:x}"), false);

    /// <summary>The name of one of a network's places in a comparison, the same on every gateway.</summary>
    public ulong Place(int number) => Hash($"place {Name:x} {number}");

    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
