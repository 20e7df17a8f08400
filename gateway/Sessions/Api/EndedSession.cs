using Gateway.Access;
using Gateway.Responses.History;

namespace Gateway.Sessions.Api;

/// <summary>What is left of a session for those who ask for it after its end.</summary>
/// <param name="Snapshot">As it was at its end.</param>
/// <param name="Client">Where its viewer was.</param>
/// <param name="History">What happened to it; null where nobody kept it.</param>
/// <param name="EndedAt">When it ended.</param>
internal sealed record EndedSession(SessionSnapshot Snapshot, ClientOrigin Client, SessionHistory? History, DateTimeOffset EndedAt);
