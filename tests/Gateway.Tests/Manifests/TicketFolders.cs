using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Manifests;
using Gateway.Media;
using Gateway.Sessions.Registry;
using Gateway.Testing;

namespace Gateway.Tests.Manifests;

/// <summary>
/// A session's real tickets as the judge of a rewriting: what a rewritten URL opens is found out by the same check that a request meets, so that a URL with a ticket
/// for another folder leads nowhere.
/// </summary>
internal sealed class TicketFolders
{
    private readonly TicketSigner _signer;
    private readonly TicketPaths _paths;
    private readonly string _gateway;
    private readonly string _folder;
    private readonly MediaGrant _grant;

    /// <param name="gateway">Scheme and host of the gateway.</param>
    /// <param name="folder">The session's own folder on cluster origin.</param>
    /// <param name="grant">What the credential opened; null for everything.</param>
    public TicketFolders(string gateway, string folder, MediaGrant? grant = null)
    {
        _grant = grant ?? MediaGrant.Everything;
        _folder = folder;
        var clock = new ManualTimeProvider();
        var now = clock.GetUtcNow();
        _gateway = gateway;
        _signer = new TicketSigner(TicketKeyRing.ForThisProcess(), clock);
        _paths = new TicketPaths(_signer, new Ticket
        {
            Session = Guid.NewGuid(),
            Cluster = "origin",
            Scope = _grant.HoldsTree(folder) ? TicketScope.Of(folder) : TicketScope.ByGrant,
            Grant = _grant,
            IssuedAt = now,
            FreshUntil = now.AddHours(1),
            HardExpiry = now.AddHours(2),
        });
    }

    public ReferenceTarget Target => new(_gateway, _paths.For)
    {
        IsLimited = !_grant.HoldsTree(_folder),
        OpensBelow = _grant.IsEverything ? null : _grant.HoldsTree,
        TakesVariables = true,
    };

    /// <summary>A URL that a player asks for with <paramref name="ticket"/> in the place of the one that opens it; with a marker of refusal where it opens nothing.</summary>
    public string Judge(string url, string ticket)
    {
        var root = _gateway + TicketPaths.Root;
        if (!url.StartsWith(root, StringComparison.Ordinal)) return url;
        var rest = url[root.Length..];
        var text = rest[..Math.Max(rest.IndexOf('/', StringComparison.Ordinal), 0)];
        var path = rest[text.Length..];
        var end = path.IndexOf('?', StringComparison.Ordinal);
        var query = end < 0 ? "" : path[end..];
        if (end >= 0) path = path[..end];
        var slash = path.Length < 2 ? -1 : path.IndexOf('/', 1);
        if (slash < 0 || _signer.Verify(text, out var opened) != TicketVerdict.Valid) return "no ticket: " + url;
        var address = new MediaAddress(path[1..slash], path[slash..], query);
        return opened!.Covers(address) ? _gateway + ticket + path + query : $"ticket for {opened.Cluster}{opened.Scope} on {path}{query}";
    }
}
