using System.Runtime.InteropServices;
using Gateway.Sessions.Registry;

namespace Gateway.Sessions.Limits;

/// <summary>
/// How many of a user's sessions may deliver media at a time: the whole rule, over explicit inputs, for one node and for all that share a store.
/// <para>
/// A session delivers media only while it holds one of its user's places. It takes one with its first media (or is promised one when it is opened), keeps it while media
/// are on their way and for a while after the last, and loses it when it ends or when a successor takes it over. There are never more holders than places.
/// </para>
/// A successor is a session that carries another one on (a handoff), or was opened later on the same device. It takes its predecessor's place with its own first media:
/// until then the predecessor plays on, from then on it is refused like everybody else while no place is free. Succession goes one way, so a place never goes back and forth.
/// </summary>
internal static class StreamLimit
{
    /// <summary>Whether a session may take the place of one that holds it.</summary>
    public static bool Succeeds(in Claim next, in Claim holder) =>
        next.Previous == holder.Session
        || (next.Device is not null && string.Equals(next.Device, holder.Device, StringComparison.Ordinal) && next.OpenedAt > holder.OpenedAt);

    /// <param name="session">The one that asks.</param>
    /// <param name="holders">All sessions of its user that hold a place.</param>
    /// <param name="places">How many there are; at least one.</param>
    public static StreamVerdict Judge(in Claim session, ReadOnlySpan<Claim> holders, int places)
    {
        var others = 0;
        foreach (ref readonly var holder in holders)
        {
            if (holder.Session == session.Session) return StreamVerdict.Holds;
            if (!Succeeds(session, holder)) others++;
        }

        return others >= places ? StreamVerdict.TooMany : others < holders.Length ? StreamVerdict.Succeeds : StreamVerdict.Free;
    }

    /// <summary>What the rule needs to know of a session.</summary>
    /// <param name="Session">Its id.</param>
    /// <param name="Previous">The session that it carries on.</param>
    /// <param name="Device">Its device, as the client names it.</param>
    /// <param name="OpenedAt">When it was opened; no two of one user were at the same moment.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Claim(Guid Session, Guid? Previous, string? Device, DateTimeOffset OpenedAt)
    {
        public static Claim Of(SessionState session) => new(session.Id, session.Parameters.Previous, session.Parameters.DeviceId, session.CreatedAt);
    }
}
