namespace Gateway.Load.Links;

/// <summary>Titles of which the tester knows what they hold, so that what comes can be compared with it.</summary>
internal interface IKnownTitles
{
    /// <summary>What is at a path, at whatever gateway and below whatever prefix.</summary>
    /// <param name="path">With its query, as a player asks for it; it ends as the origin's path does.</param>
    /// <returns>Null for what is not known.</returns>
    KnownContent? Of(string path);
}
