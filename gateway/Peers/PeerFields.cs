using System.Buffers;

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

    /// <summary>Nodes that the request came through (RFC 8586): one that finds itself there does not take it.</summary>
    public const string Loop = "CDN-Loop";

    /// <summary>The peer held it.</summary>
    public const string Hit = "hit";

    /// <summary>The peer fetched it.</summary>
    public const string Miss = "miss";

    /// <summary>The peer has nothing to give: the asker goes to the origin itself.</summary>
    public const string None = "none";

    public static readonly SearchValues<char> NameLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>What a proof is about.</summary>
    public static string ProofOf(string token, int status) => $"{token} {status}";
}
