namespace Gateway.Benchmarks.Peers;

/// <summary>Something that serves the origin's objects, and how it spells their addresses.</summary>
/// <param name="Name">As the page calls it.</param>
/// <param name="Server">Its process.</param>
/// <param name="UrlOf">Address of an object of the title: <c>seg_2k.ts</c>.</param>
internal sealed record Peer(string Name, ServerProcess Server, Func<string, Uri> UrlOf);
