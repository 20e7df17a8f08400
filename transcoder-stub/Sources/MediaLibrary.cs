using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace TranscoderStub.Sources;

/// <summary>
/// The files below the library folder by their media id. The folder is listed again when an unknown id is asked for and the list is old, so that a new
/// file needs no restart. A look-up in a table: no id, however bent, reaches the disk. Links are not followed: they lead out of the folder, or round and round in it.
/// </summary>
internal sealed class MediaLibrary(SourceOptions options, TimeProvider time, ILogger<MediaLibrary> log)
{
    private static readonly TimeSpan s_oldAge = TimeSpan.FromSeconds(5);
    private static readonly Action<ILogger, int, Exception?> s_tooMany =
        LoggerMessage.Define<int>(LogLevel.Warning, new EventId(1, "LibraryTooLarge"), "The library holds more than {MaxFiles} files; the others are left out.");

    // Protects the listing: one at a time, and the list with its moment.
    private readonly Lock _lock = new();
    private FrozenDictionary<string, string> _paths = FrozenDictionary<string, string>.Empty;
    private DateTimeOffset? _listed;

    public IReadOnlyCollection<string> MediaIds => List(fresh: true).Keys;

    /// <exception cref="TranscodeException">There is no such file.</exception>
    public MediaSource Find(string mediaId)
    {
        if (!List(fresh: false).TryGetValue(mediaId, out var path) && !List(fresh: true).TryGetValue(mediaId, out path)) throw TranscodeException.UnknownMedia();
        var file = new FileInfo(path);
        if (!file.Exists) throw TranscodeException.SourceGone();
        if (file.LinkTarget is not null) throw TranscodeException.UnknownMedia();
        return new MediaSource(mediaId, path, MediaSource.IdentityOf(file), file.Length, IsFile: true);
    }

    /// <summary>A file's id: its relative path, of which everything but letters, digits, dots and underscores is a hyphen.</summary>
    public static string IdOf(string relativePath)
    {
        var id = new StringBuilder(relativePath.Length);
        foreach (var c in relativePath) id.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-');
        return id.ToString().TrimStart('.');
    }

    private FrozenDictionary<string, string> List(bool fresh)
    {
        if (options.Library.Length == 0) return _paths;
        lock (_lock)
        {
            if (_listed is { } before && (!fresh || time.GetUtcNow() - before < s_oldAge)) return _paths;
            var root = Path.GetFullPath(options.Library);
            var paths = new Dictionary<string, string>(StringComparer.Ordinal);
            var walk = new EnumerationOptions
            {
                RecurseSubdirectories = true,
                AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
                IgnoreInaccessible = true,
            };

            // Cut off before it is sorted: sorting takes all names into memory.
            foreach (var path in Directory.Exists(root) ? Directory.EnumerateFiles(root, "*", walk).Take(options.MaxFiles + 1).Order(StringComparer.Ordinal).AsEnumerable() : [])
            {
                if (paths.Count == options.MaxFiles)
                {
                    s_tooMany(log, options.MaxFiles, null);
                    break;
                }

                // Two names may come to the same id; the later one is told apart by its path's hash.
                var relative = Path.GetRelativePath(root, path);
                if (!paths.TryAdd(IdOf(relative), path))
                    paths.TryAdd($"{IdOf(relative)}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(relative)).AsSpan(0, 4))}", path);
            }

            _paths = paths.ToFrozenDictionary(StringComparer.Ordinal);
            _listed = time.GetUtcNow();
            return _paths;
        }
    }
}
