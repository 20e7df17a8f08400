using Gateway.Origin;

namespace Gateway.Caching.Slices;

/// <summary>The version of a large file that a slice belongs to. Slices are combined only when these are equal (RFC 9110 §15.3.7.3).</summary>
/// <param name="Length">Length of the whole file.</param>
/// <param name="Validator">Strong entity tag, or else Last-Modified; empty when upstream gives neither, and then only the length is compared.</param>
internal sealed record FileVersion(long Length, string Validator)
{
    public static FileVersion Of(ResponseHead head, ContentRange range)
    {
        var strong = head.TryGet("ETag", out var tag) && tag.StartsWith('"');
        return new FileVersion(range.Complete, strong ? tag : head["Last-Modified"] ?? string.Empty);
    }

    /// <summary>Value of If-Range; null when upstream gives no validator.</summary>
    public string? IfRange => Validator.Length > 0 ? Validator : null;
}
