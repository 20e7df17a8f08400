namespace Gateway.Load.Players;

/// <summary>Kinds of errors that a player meets; each attempt counts, tried again or not.</summary>
internal enum PlayerFault
{
    /// <summary>No connection, or none that held to the head.</summary>
    NoAnswer,

    /// <summary>The body broke.</summary>
    Broken,
    TimedOut,
    ClientError,
    NotFound,
    Refused,
    TooMany,
    ServerError,
    Unavailable,

    /// <summary>A manifest that cannot be read.</summary>
    BadManifest,

    /// <summary>Fewer or more bytes than announced, or than the title has there.</summary>
    WrongLength,

    /// <summary>Other bytes than the title's.</summary>
    WrongBytes,
}
