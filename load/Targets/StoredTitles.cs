using System.Collections.Frozen;
using Gateway.Load.Links;

namespace Gateway.Load.Targets;

/// <summary>
/// Titles that are files, as those which the transcoder-stub brings with it. What it makes of them while it runs (live, parts) has other timestamps than the files and is not
/// known.
/// </summary>
internal sealed class StoredTitles : IKnownTitles
{
    private readonly FrozenDictionary<string, KnownContent> _files;
    private readonly FrozenDictionary<string, KnownContent>.AlternateLookup<ReadOnlySpan<char>> _byPath;

    /// <param name="folder">With a folder for each title. All media in it is read, so that no player waits for a disk later.</param>
    public StoredTitles(string folder)
    {
        var files = new Dictionary<string, KnownContent>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetExtension(file) is ".m3u8" or ".mpd" or ".json") continue;
            var bytes = File.ReadAllBytes(file);
            files.Add('/' + Path.GetRelativePath(folder, file).Replace('\\', '/'), new KnownContent(bytes, 0, bytes.Length));
        }

        _files = files.ToFrozenDictionary(StringComparer.Ordinal);
        _byPath = _files.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public KnownContent? Of(string path)
    {
        var rest = path.AsSpan();
        if (rest.IndexOf('?') is var query and >= 0) rest = rest[..query];
        while (!rest.IsEmpty)
        {
            if (_byPath.TryGetValue(rest, out var known)) return known;
            var next = rest[1..].IndexOf('/');
            if (next < 0) return null;
            rest = rest[(next + 1)..];
        }

        return null;
    }
}
