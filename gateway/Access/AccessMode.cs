namespace Gateway.Access;

/// <summary>Who may start playing.</summary>
internal enum AccessMode
{
    /// <summary>Everybody who reaches the gateway. Sessions still have signed tickets.</summary>
    Open,

    /// <summary>Who shows a JWT or an EdgeAuth token.</summary>
    Token,
}
