using System.ComponentModel.DataAnnotations;
using Gateway.Configuration;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Transcoding;

/// <summary>
/// Section <c>Gateway:Transcoder</c>: the service that makes titles which the origin does not have as HLS or DASH. Off without a <see cref="Url"/>. Its media are fetched through
/// <see cref="Cluster"/>, one of whose destinations has to be at that URL.
/// </summary>
internal sealed class TranscoderOptions : IValidatableObject
{
    /// <summary>Address of the transcoder's API, such as <c>http://127.0.0.1:9090/</c>. Empty: none, nothing is made.</summary>
    public string Url { get; set; } = "";

    /// <summary>Bearer key of the API, 16 characters or more (<c>openssl rand -hex 32</c>); empty where it wants none.</summary>
    [Secret]
    public string Key { get; set; } = "";

    /// <summary>File with <see cref="Key"/>.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Media cluster from which what the transcoder makes is fetched.</summary>
    public string Cluster { get; set; } = OriginOptions.DefaultCluster;

    /// <summary>Folders of that cluster whose files are made when they are asked for: there a slow head is no failure, and <see cref="SegmentPatience"/> holds.</summary>
    public string[] MediaFolders { get; set; } = ["/transcode/", "/jit/"];

    /// <summary>
    /// Folder of that cluster in which a track lies as chunks of sound, for <c>/api/player</c>; <c>{settings}</c> is <c>webm</c>, or <c>webm-{preset}-{intensity}</c>. With a <see cref="Key"/>, tracks
    /// below <c>/jit/</c> are asked for under the address that needs no key.
    /// </summary>
    public string TrackFolder { get; set; } = "jit/{mediaId}/{settings}/";

    /// <summary>The rung that is made first; <c>auto</c> leaves it to the transcoder.</summary>
    [RegularExpression("[A-Za-z0-9_.-]{1,64}")]
    public string Profile { get; set; } = "auto";

    /// <summary>How long the transcoder may take to answer a start or an end.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client waits for a start; then it is told to come again, and the start goes on. Players give up on a playlist after 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StartPatience { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a segment may be in the making. Above the transcoder's own limit (60 s), so that no second request goes out for what is still being made.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SegmentPatience { get; set; } = TimeSpan.FromSeconds(65);

    /// <summary>Most starts under way; further ones are told to come again.</summary>
    [Range(1, 1000)]
    public int MaxStarts { get; set; } = 16;

    /// <summary>Share of <see cref="MaxStarts"/> that one household may have under way, once half of them are taken; a network may have four times that.</summary>
    [Range(0.01, 1.0)]
    public double ClientShare { get; set; } = 0.25;

    /// <summary>Most titles held by this gateway.</summary>
    [Range(1, 1_000_000)]
    public int MaxHeld { get; set; } = 10_000;

    /// <summary>How long a title stays held that nobody asks for, and that no session of this gateway is known to play.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Where the transcoder reaches this gateway, to read sources by range at <c>/internal/stream</c>. Empty: it has a library of its own.</summary>
    public string SourceBaseUrl { get; set; } = "";

    /// <summary>How long the key is good that the transcoder gets for a source. Longer than anybody watches one title.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan SourceKeyLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How many households' shares a network has.</summary>
    private const int HouseholdsPerNetwork = 4;

    /// <summary>Starts that one household may have under way, once half of all are taken.</summary>
    public int HouseholdStarts => Math.Max(1, (int)(MaxStarts * ClientShare));

    /// <summary>Starts that one network may have under way, once half of all are taken.</summary>
    public int NetworkStarts => Math.Min(MaxStarts, HouseholdStarts * HouseholdsPerNetwork);

    /// <summary>Name of a track's MPD in its folder.</summary>
    public const string TrackManifest = "manifest.mpd";

    /// <summary>Name of a track's description in its folder.</summary>
    public const string TrackDescription = "track.json";

    /// <summary>Least characters of a key: 64 bits in hex.</summary>
    private const int MinKeyLength = 16;

    private const string Settings = "{settings}";

    /// <summary>The folder of a track, percent-encoded; begins and ends with a slash.</summary>
    public string TrackFolderOf(string mediaId, string settings) => TitleTemplate.PathOf(TrackFolder.Replace(Settings, settings, StringComparison.Ordinal), mediaId);

    /// <summary>Whether there is a transcoder.</summary>
    public bool IsOn() => Url.Length > 0;

    /// <summary>How long what lies at an address may be in the making; zero for what is there or not.</summary>
    public TimeSpan PatienceWith(MediaAddress address) => IsOn() && Makes(address) ? SegmentPatience : TimeSpan.Zero;

    /// <summary>Whether what lies at an address is made when it is asked for.</summary>
    public bool Makes(MediaAddress address)
    {
        if (!string.Equals(address.Cluster, Cluster, StringComparison.Ordinal)) return false;
        foreach (var folder in MediaFolders)
        {
            if (address.Path.StartsWith(folder, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (knob, url) in new[] { (nameof(Url), Url), (nameof(SourceBaseUrl), SourceBaseUrl) })
        {
            if (url.Length > 0 && !(Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" && parsed.UserInfo.Length == 0 && parsed.Query.Length == 0))
                yield return new ValidationResult($"{knob} is no address. Write one such as http://127.0.0.1:9090/, or nothing.");
        }

        // The value is not repeated: it is a secret.
        if (Key.Length is > 0 and < MinKeyLength) yield return new ValidationResult($"Key is too short to be kept secret. Write {MinKeyLength} characters or more: openssl rand -hex 32.");
        if (Key.AsSpan().ContainsAnyExceptInRange('!', '~')) yield return new ValidationResult("Key must be printable ASCII without spaces.");
        if (!TrackFolder.Contains(TitleTemplate.Name, StringComparison.Ordinal) || !TrackFolder.Contains(Settings, StringComparison.Ordinal) || !TrackFolder.EndsWith('/') || !WirePath.IsClean(TrackFolderOf("x", "y")))
            yield return new ValidationResult($"TrackFolder is '{TrackFolder}'. Write a folder with {TitleTemplate.Name} and {Settings} in it, such as jit/{TitleTemplate.Name}/{Settings}/.");
        foreach (var folder in MediaFolders)
        {
            if (!WirePath.IsClean(folder) || !folder.EndsWith('/') || folder.Length < 2) yield return new ValidationResult($"MediaFolders: '{folder}' is no folder. Write a path that begins and ends with a slash.");
        }
    }
}
