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
    /// Most files that are listed at start; more refuses the start, since the list (not the media) stays in memory. Default 100 000, about 40 MB of list.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxFiles { get; set; } = 100_000;
}
