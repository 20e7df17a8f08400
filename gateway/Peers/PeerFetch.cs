using Gateway.Media;
using Gateway.Origin;
using Gateway.Transcoding;

namespace Gateway.Peers;

/// <summary>
/// Fetches media from the gateway whose share they are before it asks upstream, so that an origin sees each object once however viewers are spread. Stands between the cache and whatever fetches from
/// upstream:
/// (1) what is not published media, or is made when it is asked for, goes upstream as ever, and so does what does not fit into a peer's request line;
/// (2) an object of a peer's title is asked of that peer, which holds it, is fetching it, or fetches it;
/// (3) an object of this node's own title is asked of whoever had the title before, for a time after nodes came or went, and only for what that one holds;
/// (4) a title whose owner has just been found gone has another one, which is asked as (2) and (3) say: all others find the same in these moments, and each of them would go upstream by itself;
/// (5) whatever a peer does not give is asked of upstream at once.
/// </summary>
/// <remarks>
/// One hop at most: a node that is asked as a peer never asks a peer that could fetch (<see cref="PeerRing"/>), and <c>CDN-Loop</c> (RFC 8586) says who asked. A peer is a YARP cluster of its own with one
/// destination: connections, places, circuit and body limits are those of any upstream. A body that breaks is the cache's to fetch again, which then finds the peer out.
/// </remarks>
internal sealed partial class PeerFetch(PeerRing ring, PeerAsk ask, FetchUpstream next, PeersOptions options, TranscoderOptions transcoder)
{
    /// <summary>Nodes that a new owner looks at before it asks the origin.</summary>
    private const int MostFormer = 2;

    private readonly RecentObjects _recent = new(options.HotTime);
    private readonly bool _isMadeHere = transcoder.IsOn();

    public ValueTask<OriginReply> FetchAsync(OriginRequest request, CancellationToken cancellation)
    {
        // 1
        if (!request.IsPublished || (_isMadeHere && transcoder.Makes(request.Address))) return next(request, cancellation);
        if (!PeerFields.TryAddress(request.Address, out var address)) return next(request, cancellation);
        return ring.OwnerOf(address) is { } owner ? FromOwnerAsync(owner, address, request, cancellation) : AsOwnerAsync(address, request, cancellation);
    }

    private ValueTask<OriginReply> AsOwnerAsync(MediaAddress address, OriginRequest request, CancellationToken cancellation) =>
        ring.FormerOwnerOf(address) is { } former ? FromFormerAsync(former, address, request, cancellation) : next(request, cancellation);

    /// <summary>Step 2, and 4 once: two owners that are gone within one request are rarer than a request more is dear.</summary>
    private async ValueTask<OriginReply> FromOwnerAsync(Peer owner, MediaAddress address, OriginRequest request, CancellationToken cancellation)
    {
        // While upstream is known to be away the owner is not made to find that out as well.
        var onlyIfHeld = request.Effort == FetchEffort.HeldElsewhere;
        var reply = await ask.AskAsync(owner, address, request, onlyIfHeld, cancellation);
        if (reply is null && !owner.IsReachable(ring.Now))
        {
            if (ring.OwnerOf(address) is not { } heir) return await AsOwnerAsync(address, request, cancellation);
            if (heir != owner) reply = await ask.AskAsync(heir, address, request, onlyIfHeld, cancellation);
        }

        if (reply is null) return await next(request, cancellation);
        reply.IsFromPeer = true;
        // What was fetched ahead waits here for its first demand; everything else has to be asked for again to be worth its place twice.
        reply.IsHeldByPeer = !_recent.IsAgain(request.Address, request.Range?.Offset ?? 0, ring.Now) && request.Purpose != FetchPurpose.Prefetch;
        return reply;
    }

    /// <summary>Step 3. The one that had the title meanwhile need not be the one that holds it from before.</summary>
    private async ValueTask<OriginReply> FromFormerAsync(Peer first, MediaAddress address, OriginRequest request, CancellationToken cancellation)
    {
        Peer? former = first;
        for (var asked = 0; asked < MostFormer && former is not null; asked++)
        {
            if (await ask.AskAsync(former, address, request, onlyIfHeld: true, cancellation) is { } reply)
            {
                reply.IsFromPeer = true;
                return reply;
            }

            former = ring.FormerOwnerOf(address, former);
        }

        return await next(request, cancellation);
    }
}
