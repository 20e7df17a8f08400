using System.ComponentModel.DataAnnotations;

namespace Gateway.Caching.Disk;

/// <summary>
/// Knobs of the disk tier, section <c>Gateway:Cache:Disk</c>: a second, larger and slower store below the memory. It is off as long as <see cref="Path"/> is empty. A disk that is
/// full, slow or broken never stops the gateway: then it works from memory alone, says so, and tries the disk again.
/// </summary>
internal sealed class DiskOptions : IValidatableObject
{
    /// <summary>Folder of the tier, as an absolute path; it is made when it is missing, and belongs to one process alone. Empty = no disk tier.</summary>
    public string Path { get; set; } = string.Empty;

    /// <summary>Most bytes of all files in that folder; they are allocated as they are needed. Less than 1 GiB holds too few segments to be worth it.</summary>
    [Range(1L << 30, 1L << 43)]
    public long MaxBytes { get; set; } = 64L << 30;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.Length > 0 && !System.IO.Path.IsPathFullyQualified(Path))
            yield return new ValidationResult($"Path ('{Path}') must be absolute: the folder of the process may change.", [nameof(Path)]);
    }
}
