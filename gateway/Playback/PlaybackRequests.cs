using Gateway.Access;
using Gateway.Access.Tickets;
using Gateway.Adaptation;
using Gateway.Connections;
using Gateway.Media;
using Gateway.Playback.Requests;
using Gateway.Responses;
using Gateway.Sessions.Registry;

namespace Gateway.Playback;

/// <summary>Makes what handlers get of a client's request within its session.</summary>
internal static class PlaybackRequests
{
    /// <param name="context">The client's request.</param>
    /// <param name="session">Its session.</param>
    /// <param name="path">What is known of the client's path, beside this session.</param>
    /// <param name="address">What is asked for, upstream.</param>
    /// <param name="mirrored">Whether the client's URL is the mapped form of that.</param>
    /// <param name="cmcd">What the player says.</param>
    /// <param name="made">The title that the session plays, where what is asked for is made of it; null else.</param>
    public static PlaybackRequest Of(HttpContext context, SessionState session, ClientPath path, MediaAddress address, bool mirrored, CmcdReport? cmcd, string? made) => new()
    {
        Address = address,
        SessionId = session.Id,
        Mirrored = mirrored,
        TicketPath = session.Paths.For,
        OpensBelow = session.Paths.Ticket.Grant.IsEverything ? null : session.Paths.Ticket.Grant.HoldsTree,
        HasLimitedTicket = !session.Paths.Ticket.Grant.HoldsTree(TicketScope.FolderOf(address.Path)),
        MaxKbps = session.Paths.Ticket.MaxKbps,
        Offers = session.Offers,
        Tracker = session.Tracker,
        Counts = session.Counts,
        History = session.History,
        Adapted = session.Adapted,
        WantsAuto = session.Parameters.IsAutoAsked,
        Path = path,
        Cmcd = cmcd,
        Start = ManifestKinds.IsManifestPath(address.Path)
            ? ClientOrigin.Of(context.Connection.RemoteIpAddress).Start.With(
                session.Adapted?.EstimateKbps ?? cmcd?.ThroughputKbps, session.Adapted?.JitterKbps, session.Adapted?.LimitOf(session.Paths.Ticket.MaxKbps) ?? session.Paths.Ticket.MaxKbps, session.Parameters.StartPositionSec)
            : made is null ? null : ClientOrigin.Of(context.Connection.RemoteIpAddress).Start with { MediaId = made },
        Range = RangeHeader.Read(context.Request.Headers.Range),
    };

    /// <summary>What the player says of itself, in headers or the query.</summary>
    public static CmcdReport? ReadCmcd(HttpContext context, in MediaQuery query)
    {
        // CTA-5004 §6: with any CMCD header the query is ignored.
        var headers = context.Request.Headers;
        if (headers.ContainsKey("CMCD-Session") || headers.ContainsKey("CMCD-Request") || headers.ContainsKey("CMCD-Object") || headers.ContainsKey("CMCD-Status"))
            return CmcdReader.Read($"{headers["CMCD-Object"]},{headers["CMCD-Request"]},{headers["CMCD-Session"]},{headers["CMCD-Status"]}");
        return query.Cmcd.IsEmpty || query.Cmcd.Length > CmcdReader.MaxLength ? null : CmcdReader.Read(Uri.UnescapeDataString(query.Cmcd.ToString()));
    }
}
