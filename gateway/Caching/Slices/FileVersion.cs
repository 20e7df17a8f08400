using Gateway.Origin;

namespace Gateway.Caching.Slices;

/// <summary>Which version of a large file a slice belongs to. Slices are put together only when these are equal (RFC 9110 §15.3.7.3).</summary>
/// <param name="Length">Length of the whole file.</param>
/// <param name="Validator">Strong entity tag, or else Last-Modified; empty when upstream gives neither, and then the length alone has to do.</param>
internal sealed record FileVersion(long Length, string Validator)
{
    public static FileVersion Of(ResponseHead head, ContentRange range)
    {
        var strong = head.TryGet("ETag", out var tag) && tag.StartsWith('"');
        return new FileVersion(range.Complete, strong ? tag : head["Last-Modified"] ?? string.Empty);
    }

    /// <summary>For If-Range; null when there is nothing to bind the next slice to.</summary>
    public string? IfRange => Validator.Length > 0 ? Validator : null;
}
