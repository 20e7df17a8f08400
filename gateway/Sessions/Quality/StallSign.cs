namespace Gateway.Sessions.Quality;

/// <summary>What one report of a player says about the picture.</summary>
internal enum StallSign
{
    Nothing,

    /// <summary>The picture stands, and goes on when <see cref="Ended"/> comes.</summary>
    Began,

    /// <summary>The picture goes on.</summary>
    Ended,

    /// <summary>It stood, and goes on already.</summary>
    Passed,
}
