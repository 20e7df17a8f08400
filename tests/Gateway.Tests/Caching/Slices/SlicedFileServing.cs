using System.Globalization;
using Gateway.Caching;
using Gateway.Caching.Slices;
using Gateway.Media;

namespace Gateway.Tests.Caching.Slices;

/// <summary>A large file at the origin, and requests for ranges of it.</summary>
public abstract class SlicedFileServing
{
    private protected const int Slice = (int)SlicedFiles.SliceBytes;
    private protected byte[] _file = CacheFixture.Bytes(2 * Slice + 100_000);
    private protected string _tag = "\"v1\"";
    private protected bool _heedsIfRange = true;
    private protected bool _hasTag = true;
    private protected bool _tellsLength = true;

    private protected static CacheRequest Request(long offset, long length = ByteRange.ToEnd) => new()
    {
        Address = new MediaAddress("origin", "/film.mp4", string.Empty),
        Rules = CacheFixture.Segments,
        Range = new ByteRange(offset, length),
    };

    private protected void Serve(CacheFixture fixture, Action<long>? sent = null) => fixture.Upstream.Answers = call =>
    {
        (string, string)[] tag = _hasTag ? [("ETag", _tag)] : [];
        if (_hasTag && call.Request.IfNoneMatch == _tag)
        {
            call.Head(304, null, ("ETag", _tag)).End();
            return;
        }

        if (call.Request.Range is not { } range)
        {
            sent?.Invoke(_file.Length);
            call.Answer(200, _file, tag);
            return;
        }

        if (range.Offset >= _file.Length)
        {
            call.Answer(416, [], _tellsLength ? [("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{_file.Length}"))] : []);
            return;
        }

        if (_heedsIfRange && call.Request.IfRange is { } version && version != _tag)
        {
            call.Answer(200, _file, ("ETag", _tag));
            return;
        }

        var end = Math.Min(range.End, _file.Length);
        sent?.Invoke(end - range.Offset);
        call.Answer(
            206,
            _file[(int)range.Offset..(int)end],
            [.. tag, ("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {range.Offset}-{end - 1}/{_file.Length}"))]);
    };
}
