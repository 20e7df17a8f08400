namespace Gateway.Sessions.Registry;

/// <summary>Why a session ended.</summary>
internal enum SessionEnding
{
    /// <summary>The client said so.</summary>
    Client,

    /// <summary>Nothing was heard of it for too long.</summary>
    Idle,

    /// <summary>Its ticket came to the hard limit.</summary>
    Expired,

    /// <summary>An operator or another gateway ended it.</summary>
    Revoked,
}
