using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace TranscoderStub.Titles;

/// <summary>All stored titles: immutable, read once at start.</summary>
internal sealed class TitleCatalog
{
    private const string VodManifest = "public, max-age=60";
    private const string VodSegment = "public, max-age=31536000, immutable";

    private readonly Dictionary<string, MediaFile> _files;

    private TitleCatalog(IReadOnlyList<Title> titles, Dictionary<string, MediaFile> files)
    {
        Titles = titles;
        _files = files;
    }

    public IReadOnlyList<Title> Titles { get; }

    /// <summary>The file at a path such as <c>demo/v720/init.mp4</c>. A look-up in a table, so that no path, however bent, reaches the disk.</summary>
    public MediaFile? Find(string path) => _files.GetValueOrDefault(path);

    /// <summary>The media playlists of a title, by the folder of their rendition.</summary>
    public IEnumerable<(string Folder, MediaFile File)> PlaylistsOf(string mediaId) =>
        from file in _files
        let parts = file.Key.Split('/')
        where parts is [var id, _, "index.m3u8"] && id == mediaId
        select (parts[1], file.Value);

    /// <exception cref="StartRefusedException">The folder is missing, too large or no catalogue.</exception>
    public static TitleCatalog Load(TitlesOptions options)
    {
        var root = Path.GetFullPath(options.Root, AppContext.BaseDirectory);
        if (!Directory.Exists(root)) throw new StartRefusedException($"Transcoder:Titles:Root: there is no folder '{root}'.");

        var files = new Dictionary<string, MediaFile>(StringComparer.Ordinal);
        var titles = new List<Title>();
        var left = options.MaxBytes;
        foreach (var folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            var id = Path.GetFileName(folder);
            var card = ReadCard(Path.Combine(folder, "title.json"));
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var path = Path.GetRelativePath(root, file).Replace('\\', '/');
                if (MediaTypes.Of(path) is not { } type || path.EndsWith("/title.json", StringComparison.Ordinal)) continue;
                left -= new FileInfo(file).Length;
                if (left < 0)
                    throw new StartRefusedException($"Transcoder:Titles:MaxBytes: '{root}' holds more than {options.MaxBytes} bytes.");
                files.Add(path, ReadMedia(file, type, card.Made));
            }

            string? Existing(string name) => files.ContainsKey($"{id}/{name}") ? $"/{id}/{name}" : null;
            titles.Add(new Title(id, card.Name, Existing("master.m3u8"), Existing("manifest.mpd"), Existing("direct.mp4"), Live: false));
        }

        return new TitleCatalog(titles, files);
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

    private static MediaFile ReadMedia(string path, string type, DateTimeOffset made)
    {
        var bytes = File.ReadAllBytes(path);
        var etag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"");
        return new MediaFile(bytes, type, etag, made, MediaTypes.IsManifest(type) ? VodManifest : VodSegment);
    }
}
