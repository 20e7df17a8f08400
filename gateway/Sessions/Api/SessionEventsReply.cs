using Gateway.Responses.History;

namespace Gateway.Sessions.Api;

/// <summary>What happened to one session: <c>GET /admin/sessions/{id}/events</c>.</summary>
/// <param name="Session">Its state, at its end if it is over.</param>
/// <param name="Start">The parts of the start-up as the player tells; null where it does not.</param>
/// <param name="Dropped">Number of older events that are not held any more.</param>
/// <param name="Events">In the order in which they began.</param>
internal sealed record SessionEventsReply(SessionSnapshot Session, StartParts? Start, long Dropped, SessionEventView[] Events);
