using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace TranscoderStub.Titles;

/// <summary>All stored titles: listed once at start and immutable; the media stays on disk.</summary>
internal sealed class TitleCatalog
{
    private const string VodManifest = "public, max-age=60";
    private const string VodSegment = "public, max-age=31536000, immutable";

    // Hashing reads the file once at start; half a second a gigabyte is too long for a library of films.
    private const long LargestHashed = 16 << 20;

    private readonly Dictionary<string, MediaFile> _files;

    private TitleCatalog(IReadOnlyList<Title> titles, IReadOnlyList<Title> looped, Dictionary<string, MediaFile> files)
    {
        Titles = titles;
        Looped = looped;
        _files = files;
    }

    public IReadOnlyList<Title> Titles { get; }

    /// <summary>Those that are broadcast as well.</summary>
    public IReadOnlyList<Title> Looped { get; }

    /// <summary>The file at a path such as <c>demo/v720/init.mp4</c>. A look-up in a table, so that no path, however bent, reaches the disk.</summary>
    public MediaFile? Find(string path) => _files.GetValueOrDefault(path);

    /// <summary>The media playlists of a title, by the folder of their rendition.</summary>
    public IEnumerable<(string Folder, MediaFile File)> PlaylistsOf(string mediaId) =>
        from file in _files
        let parts = file.Key.Split('/')
        where parts is [var id, _, "index.m3u8"] && id == mediaId
        select (parts[1], file.Value);

    /// <exception cref="StartRefusedException">The folder is missing, holds too many files or is no catalogue.</exception>
    public static TitleCatalog Load(TitlesOptions options)
    {
        var root = Path.GetFullPath(options.Root, AppContext.BaseDirectory);
        if (!Directory.Exists(root)) throw new StartRefusedException($"Transcoder:Titles:Root: there is no folder '{root}'.");

        var files = new Dictionary<string, MediaFile>(StringComparer.Ordinal);
        var titles = new List<Title>();
        var looped = new List<Title>();
        foreach (var folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            var id = Path.GetFileName(folder);
            var card = ReadCard(Path.Combine(folder, "title.json"));
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var path = Path.GetRelativePath(root, file).Replace('\\', '/');
                if (MediaTypes.Of(path) is not { } type || path.EndsWith("/title.json", StringComparison.Ordinal)) continue;
                if (files.Count == options.MaxFiles)
                    throw new StartRefusedException($"Transcoder:Titles:MaxFiles: '{root}' holds more than {options.MaxFiles} files.");
                files.Add(path, Measure(new FileInfo(file), type, card.Made));
            }

            string? Existing(string name) => files.ContainsKey($"{id}/{name}") ? $"/{id}/{name}" : null;
            titles.Add(new Title(id, card.Name, Existing("master.m3u8"), Existing("manifest.mpd"), Existing("direct.mp4"), Live: false));
            if (card.Loop) looped.Add(titles[^1]);
        }

        return new TitleCatalog(titles, looped, files);
    }

    private static TitleCard ReadCard(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<TitleCard>(File.ReadAllBytes(path), JsonSerializerOptions.Web) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new StartRefusedException($"Transcoder:Titles:Root: '{path}' must be {{ \"name\": …, \"made\": … }}: {e.Message}");
        }
    }

    // The tag of a small file is made from its bytes alone and is equal on every machine; a large one's is made from what nginx would take as well.
    private static MediaFile Measure(FileInfo file, string type, DateTimeOffset made)
    {
        string tag;
        if (file.Length <= LargestHashed)
        {
            using var stream = file.OpenRead();
            tag = Convert.ToHexStringLower(SHA256.HashData(stream).AsSpan(0, 12));
        }
        else
        {
            tag = string.Create(CultureInfo.InvariantCulture, $"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}");
        }

        return new MediaFile(FileBody.Of(file), type, new EntityTagHeaderValue($"\"{tag}\""), made, MediaTypes.IsManifest(type) ? VodManifest : VodSegment);
    }
}
