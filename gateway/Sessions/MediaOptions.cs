using System.ComponentModel.DataAnnotations;

namespace Gateway.Sessions;

/// <summary>Section <c>Gateway:Media</c>: where the title of a <c>mediaId</c> lies on the default cluster. Each has <c>{mediaId}</c> in it.</summary>
internal sealed class MediaOptions : IValidatableObject
{
    private const string Name = "{mediaId}";

    /// <summary>Where the HLS multivariant playlist of a <c>mediaId</c> lies on the default cluster.</summary>
    public string HlsPath { get; set; } = "{mediaId}/master.m3u8";

    /// <summary>Where the MPD of a <c>mediaId</c> lies on the default cluster.</summary>
    public string DashPath { get; set; } = "{mediaId}/manifest.mpd";

    /// <summary>Where the one file of a <c>mediaId</c> lies, for players that need no segments.</summary>
    public string DirectPath { get; set; } = "{mediaId}/direct.mp4";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (knob, path) in new[] { (nameof(HlsPath), HlsPath), (nameof(DashPath), DashPath), (nameof(DirectPath), DirectPath) })
        {
            if (!path.Contains(Name, StringComparison.Ordinal) || Access.MediaPath.Judge("/" + path.TrimStart('/').Replace(Name, "x", StringComparison.Ordinal)) != Access.MediaPathVerdict.Accepted)
                yield return new ValidationResult($"{knob} is '{path}'. Write a path with {Name} in it, for example {Name}/master.m3u8.");
        }
    }

    /// <summary>The part of a template after the title's name: where the file lies within, or beside, the title's folder.</summary>
    public static string TailOf(string template) => template[(template.IndexOf(Name, StringComparison.Ordinal) + Name.Length)..];

    /// <summary>The upstream path of a title's file, percent-encoded, with a leading slash.</summary>
    public static string PathOf(string template, string mediaId)
    {
        var encoded = string.Join('/', mediaId.Split('/').Select(Uri.EscapeDataString));
        return "/" + template.TrimStart('/').Replace(Name, encoded, StringComparison.Ordinal);
    }
}
