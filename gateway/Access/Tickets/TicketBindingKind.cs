namespace Gateway.Access.Tickets;

/// <summary>What a ticket is bound to.</summary>
internal enum TicketBindingKind
{
    /// <summary>Nothing: whoever has the URL may use it while it lasts.</summary>
    None,

    /// <summary>The client's address. Viewers who move between networks are cut off.</summary>
    Address,

    /// <summary>The client's <c>User-Agent</c>: survives a change of network, keeps casual link sharing out.</summary>
    Device,
}
