using System.ComponentModel.DataAnnotations;

namespace Gateway.Media;

/// <summary>Section <c>Gateway:Media</c>: where the title of a <c>mediaId</c> lies on the default cluster. Each has <c>{mediaId}</c> in it.</summary>
internal sealed class MediaOptions : IValidatableObject
{
    /// <summary>Where the HLS multivariant playlist of a <c>mediaId</c> lies on the default cluster.</summary>
    public string HlsPath { get; set; } = "{mediaId}/master.m3u8";

    /// <summary>Where the MPD of a <c>mediaId</c> lies on the default cluster.</summary>
    public string DashPath { get; set; } = "{mediaId}/manifest.mpd";

    /// <summary>Where the one file of a <c>mediaId</c> lies, for players that need no segments.</summary>
    public string DirectPath { get; set; } = "{mediaId}/direct.mp4";

    /// <summary>Where the source of a <c>mediaId</c> lies, which <c>/internal/stream/{mediaId}</c> gives to the transcoder.</summary>
    public string SourcePath { get; set; } = "{mediaId}/direct.mp4";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (knob, path) in new[] { (nameof(HlsPath), HlsPath), (nameof(DashPath), DashPath), (nameof(DirectPath), DirectPath), (nameof(SourcePath), SourcePath) })
        {
            if (!path.Contains(TitleTemplate.Name, StringComparison.Ordinal) || !WirePath.IsClean(TitleTemplate.PathOf(path, "x")))
                yield return new ValidationResult($"{knob} is '{path}'. Write a path with {TitleTemplate.Name} in it, for example {TitleTemplate.Name}/master.m3u8.");
        }
    }

    /// <inheritdoc cref="TitleTemplate.TailOf"/>
    public static string TailOf(string template) => TitleTemplate.TailOf(template);

    /// <inheritdoc cref="TitleTemplate.PathOf"/>
    public static string PathOf(string template, string mediaId) => TitleTemplate.PathOf(template, mediaId);

    /// <summary>The title whose HLS or DASH manifest lies at a path; null for any other path.</summary>
    /// <param name="path">Upstream path on the default cluster.</param>
    public string? TitleAt(string path) =>
        TitleTemplate.TryRead(HlsPath, path, out var mediaId) || TitleTemplate.TryRead(DashPath, path, out mediaId) ? mediaId : null;
}
