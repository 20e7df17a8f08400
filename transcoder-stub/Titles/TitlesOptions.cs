using System.ComponentModel.DataAnnotations;

namespace TranscoderStub.Titles;

/// <summary>Section <c>Transcoder:Titles</c>.</summary>
internal sealed class TitlesOptions
{
    /// <summary>
    /// Folder with one sub-folder per title, each with a <c>title.json</c>. A relative path is taken from the program's own folder.
    /// Default: the bundled titles.
    /// </summary>
    [Required]
    public string Root { get; set; } = "titles";

    /// <summary>
    /// Most bytes of media that are read at start; more refuses the start, since all of it stays in memory. Default 256 MiB: thirty times the
    /// bundled titles.
    /// </summary>
    [Range(1L, 1L << 36)]
    public long MaxBytes { get; set; } = 256L << 20;
}
