using System.Buffers;
using System.Globalization;
using Gateway.Media;

namespace Gateway.Peers;

/// <summary>Route and header fields between gateways. None of them goes on to a client or to an origin.</summary>
internal static class PeerFields
{
    /// <summary>Followed by cluster, path and query of the object.</summary>
    public const string Root = "/internal/peer/";

    /// <summary>The asker's token for exactly this object.</summary>
    public const string Token = "X-Peer-Token";

    /// <summary>The answerer's token for exactly this request and status: whoever else listens at the address has no key for it.</summary>
    public const string Proof = "X-Peer-Proof";

    /// <summary><see cref="Hit"/>, <see cref="Miss"/> or <see cref="None"/>.</summary>
    public const string Outcome = "X-Peer-Outcome";

    /// <summary>URL from which the object came in the end.</summary>
    public const string FinalUrl = "X-Peer-Url";

    /// <summary>Characters of the path that name the title.</summary>
    public const string Title = "X-Peer-Title";

    /// <summary>The object is fetched ahead: nobody waits for it yet.</summary>
    public const string Ahead = "X-Peer-Ahead";

    /// <summary>Milliseconds that the asked node may take for its head, after which it answers <see cref="None"/>: an origin that is slow is no fault of the node that asks it.</summary>
    public const string Wait = "X-Peer-Wait";

    /// <summary>Nodes that the request came through (RFC 8586): one that finds itself there does not take it.</summary>
    public const string Loop = "CDN-Loop";

    /// <summary>The peer held it.</summary>
    public const string Hit = "hit";

    /// <summary>The peer fetched it.</summary>
    public const string Miss = "miss";

    /// <summary>The peer has nothing to give: the asker goes to the origin itself.</summary>
    public const string None = "none";

    /// <summary>Most characters of a target. Servers bound the request line, by 8 KiB where nothing is set, and refuse a longer one before any route can give a proof.</summary>
    private const int LongestTarget = 8000;

    public static readonly SearchValues<char> NameLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>An object's address as it may stand in a peer's request line. False for one that cannot: a peer's refusal of it would look like somebody else's answer.</summary>
    public static bool TryAddress(MediaAddress address, out MediaAddress clean) =>
        WirePath.TryClean(address, out clean) && Root.Length + (3 * clean.Cluster.Length) + clean.Path.Length + clean.Query.Length <= LongestTarget;

    /// <summary>Request target of an object.</summary>
    public static string TargetOf(MediaAddress address) => $"{PathOf(address)}{address.Query}";

    /// <summary>Request path of an object.</summary>
    public static string PathOf(MediaAddress address) => $"{Root}{Uri.EscapeDataString(address.Cluster)}{address.Path}";

    /// <summary>Time for <see cref="Wait"/>: less than the asker's own limit, so that the answer is there before that ends.</summary>
    public static string WaitOf(TimeSpan limit) => ((int)(limit.TotalMilliseconds * 3 / 4)).ToString(CultureInfo.InvariantCulture);

    /// <summary>What a proof is about.</summary>
    public static string ProofOf(string token, int status) => $"{token} {status}";
}
