using Gateway.Media;

namespace Gateway.Manifests.Hls;

/// <summary>Fills in omitted offsets: a sub-range follows the one before, if that was of the same resource (RFC 8216 §4.3.2.2).</summary>
internal struct HlsResourceRun
{
    private byte[]? _resource;
    private long _end;

    /// <param name="resource">Of the sub-range that came last.</param>
    /// <param name="end">Where that ends.</param>
    public HlsResourceRun(ReadOnlySpan<byte> resource, long end)
    {
        _resource = resource.ToArray();
        _end = end;
    }

    public ByteRange Take(ReadOnlySpan<byte> reference, (long Length, long Offset) given)
    {
        var same = _resource is not null && reference.SequenceEqual(_resource);
        var offset = given.Offset >= 0 ? given.Offset : same ? _end : 0;
        if (!same) _resource = reference.ToArray();
        var range = new ByteRange(offset, given.Length);
        _end = range.End;
        return range;
    }
}
