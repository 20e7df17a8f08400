namespace Gateway.Timelines;

/// <summary>Whether the ladders of a session offer a playlist or a segment.</summary>
internal enum OfferVerdict
{
    /// <summary>No ladder that was read names it.</summary>
    Unknown,

    /// <summary>A ladder shows it, or it is one.</summary>
    Shown,

    /// <summary>Named by ladders that leave it out, and by no other.</summary>
    Withheld,
}
