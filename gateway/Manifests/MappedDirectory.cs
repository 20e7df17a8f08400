using System.Text;

namespace Gateway.Manifests;

/// <summary>One directory that a manifest names, and its replacement for the player.</summary>
internal sealed class MappedDirectory
{
    private readonly byte[] _spelling;
    private readonly byte[] _before;
    private readonly int _originLength;
    private readonly MappedAsItStands _stands;

    /// <param name="spelling">The directory as the manifest spells it.</param>
    /// <param name="kind">How much of a URL that is.</param>
    /// <param name="cluster">Cluster that holds it; null = foreign.</param>
    /// <param name="publicOrigin">Scheme and host before <paramref name="path"/> for the absolute form; empty where the path is a URL.</param>
    /// <param name="path">What is written in its place.</param>
    /// <param name="stands">When nothing needs to be written.</param>
    public MappedDirectory(
        ReadOnlySpan<byte> spelling, DirectoryKind kind, string? cluster, string publicOrigin, string path, MappedAsItStands stands)
    {
        _spelling = spelling.ToArray();
        _before = Encoding.Latin1.GetBytes(publicOrigin + path);
        _originLength = publicOrigin.Length;
        _stands = stands;
        Kind = kind;
        Cluster = cluster;
    }

    public DirectoryKind Kind { get; }

    public string? Cluster { get; }

    public ReadOnlySpan<byte> Spelling => _spelling;

    public bool IsRightAsItStands(ReferenceForm form) =>
        _stands == MappedAsItStands.Always || (_stands == MappedAsItStands.AsPath && form != ReferenceForm.Absolute);

    /// <summary>Everything before the file name.</summary>
    public ReadOnlySpan<byte> Before(ReferenceForm form) => form == ReferenceForm.Absolute ? _before : _before.AsSpan(_originLength);
}
