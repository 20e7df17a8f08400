namespace Gateway.Benchmarks.Peers;

/// <summary>Something that serves the origin's objects, and how it spells their addresses.</summary>
/// <param name="Name">As the page calls it.</param>
/// <param name="Server">Its process.</param>
/// <param name="UrlOf">Address of an object of the title: <c>seg_2k.ts</c>.</param>
/// <param name="Codings">What it is asked for in <c>Accept-Encoding</c>, the one first that it has to use; none: the object as it is.</param>
internal sealed record Peer(string Name, ServerProcess Server, Func<string, Uri> UrlOf, params string[] Codings)
{
    public byte[] RequestFor(string name) => HttpReader.RequestFor(UrlOf(name), Codings.Length > 0 ? $"Accept-Encoding: {string.Join(", ", Codings)}\r\n" : "");
}
