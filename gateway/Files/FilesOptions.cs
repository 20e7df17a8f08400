using System.ComponentModel.DataAnnotations;
using Gateway.Media;

namespace Gateway.Files;

/// <summary>
/// Section <c>Gateway:Files</c>: where other forms of a file lie beside it. <see cref="PresenceLifetime"/> bounds how soon a file that
/// appears, or goes, is noticed where sessions are opened.
/// </summary>
internal sealed class FilesOptions : IValidatableObject
{
    private const string Name = "{name}";

    /// <summary>Name of the uncompressed form, beside the file; <c>{name}</c> is the file's name without its extension. Empty: there is none.</summary>
    public string WavName { get; set; } = "{name}.wav";

    /// <summary>Name of the Opus form, beside the file; <c>{name}</c> is the file's name without its extension. Empty: there is none.</summary>
    public string OpusName { get; set; } = "{name}.opus";

    /// <summary>How long it is remembered whether a file is there.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan PresenceLifetime { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (knob, name) in new[] { (nameof(WavName), WavName), (nameof(OpusName), OpusName) })
        {
            if (name.Length > 0 && (!name.Contains(Name, StringComparison.Ordinal) || name.StartsWith('/') || !WirePath.IsClean("/" + name.Replace(Name, "x", StringComparison.Ordinal))))
                yield return new ValidationResult($"{knob} is '{name}'. Write a name with {Name} in it, for example {Name}.opus, or nothing.");
        }
    }

    /// <summary>The path of another form of a file; the path itself where that has this form already, null where there is none by the knobs.</summary>
    /// <param name="path">Upstream path, percent-encoded.</param>
    /// <param name="format">The form.</param>
    public string? PathOf(string path, FileFormat format)
    {
        var template = format switch
        {
            FileFormat.Wav => WavName,
            FileFormat.Opus => OpusName,
            _ => Name,
        };
        if (template.Length == 0) return null;
        if (format == FileFormat.Native) return path;
        var folder = path.LastIndexOf('/') + 1;
        var file = path.AsSpan(folder);
        var dot = file.LastIndexOf('.');
        return string.Concat(path.AsSpan(0, folder), template.Replace(Name, (dot > 0 ? file[..dot] : file).ToString(), StringComparison.Ordinal));
    }
}
