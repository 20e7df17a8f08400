using Gateway.Access.Tickets;
using Gateway.Media;

namespace Gateway.Access;

/// <summary>The authenticator's decision on a request within a session.</summary>
/// <param name="Denial"><see cref="AccessDenial.None"/> for a genuine ticket that opens the address and is not past its hard expiry.</param>
/// <param name="Ticket">Set when the ticket is genuine, also for a denial.</param>
/// <param name="Address">Where the request leads; only without denial.</param>
/// <param name="Lapsed">The ticket is past its fresh time: accepted only while its session lives.</param>
internal readonly record struct TicketResult(AccessDenial Denial, Ticket? Ticket, MediaAddress Address, bool Lapsed);
