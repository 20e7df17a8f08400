namespace Gateway.Access.Tickets;

/// <summary>How the check of a ticket ended.</summary>
internal enum TicketVerdict
{
    /// <summary>Good by itself.</summary>
    Valid,

    /// <summary>Genuine, past its fresh time, before its hard expiry: good only while its session lives.</summary>
    Lapsed,

    /// <summary>Genuine, past its hard expiry.</summary>
    Expired,

    /// <summary>Genuine, of a user whom an operator has revoked.</summary>
    Revoked,

    /// <summary>Genuine, from the future: a clock is wrong by more than is tolerated.</summary>
    NotYetValid,

    /// <summary>No ticket: wrong alphabet, wrong length, unknown version, or a second spelling of a good one.</summary>
    Malformed,

    /// <summary>Signed, if at all, with a key that this gateway does not have.</summary>
    UnknownKey,

    /// <summary>The signature is not ours.</summary>
    BadSignature,
}
