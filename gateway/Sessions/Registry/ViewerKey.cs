using System.Security.Cryptography;
using System.Text;
using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Adaptation;
using Gateway.Media;

namespace Gateway.Sessions.Registry;

/// <summary>
/// The key under which a session is found again when its entry URL is requested once more: a reload of the page, or a player that polls the entry of a
/// live stream, must not become a second session.
/// </summary>
/// <param name="User">Who watches: the credential's user, else a digest of the client's address, since it goes into the ticket.</param>
/// <param name="Entry">What, without its query.</param>
/// <param name="Player">CMCD's session id where the player sends one, else address and user agent.</param>
/// <param name="Binding">What the session's ticket is bound to: a client that has changed networks cannot use its earlier URLs.</param>
internal readonly record struct ViewerKey(string User, MediaAddress Entry, string Player, TicketBinding Binding)
{
    /// <summary>Whether two neighbours may have the same key: behind one address, with one kind of player that does not name itself, and without a credential that names them.</summary>
    public static bool IsShared(AccessGrant grant, CmcdReport? cmcd) => grant.User.Length == 0 && cmcd?.SessionId is null;

    /// <summary>The key as other nodes know it.</summary>
    public string Name => Digest($"{User}\n{Entry}\n{Player}\n{Binding.Digest:x}", 12);

    public static ViewerKey Of(HttpContext context, AccessGrant grant, MediaAddress entry, CmcdReport? cmcd, TicketBinding binding, bool isAuto = false)
    {
        var player = cmcd?.SessionId is { } id ? $"player {id}" : $"agent {AddressNames.TextOf(context.Connection.RemoteIpAddress)} {context.Request.Headers.UserAgent}";
        // A session keeps the grant with which it began; a request with another grant begins a session of its own.
        if (!grant.Media.IsEverything) player = $"{player} {grant.Media.Text}";
        // Its URLs mean other bytes.
        if (isAuto) player = $"{player} auto";
        return new ViewerKey(UserOf(context, grant), entry with { Query = string.Empty }, player, binding);
    }

    /// <summary>
    /// The player as a device, where it names itself: one that opens another title has left the one before. Address and user agent are no such
    /// name, since one household may have two of the same.
    /// </summary>
    public static string? DeviceOf(CmcdReport? cmcd) => cmcd?.SessionId is { Length: > 0 } id ? $"player {Digest(id, 12)}" : null;

    /// <summary>The credential's user, else a name for everybody at the client's address.</summary>
    public static string UserOf(HttpContext context, AccessGrant grant) => grant.User.Length > 0 ? grant.User : AddressNames.NameOf(context.Connection.RemoteIpAddress);

    private static string Digest(string text, int bytes) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));
}
