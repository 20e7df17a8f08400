using System.Buffers.Binary;
using Gateway.Live.Containers;
using Gateway.Live.Timeline;

namespace Gateway.Live.Fetch;

/// <summary>
/// A stored segment as players get it: the same bytes, with the decode times of its fragments moved to the segment's place in the stream. Fragment headers are held in memory, media pass through.
/// </summary>
/// <remarks>The bytes follow from the stored object and the journal alone, so every node serves the same ones. One reader.</remarks>
internal sealed class ShiftedSegment(Stream source, TimelineEntry entry) : Stream
{
    private const int MostHeaderBytes = 4 << 20;

    private byte[] _header = new byte[IsoBoxes.HeaderLength];
    private int _headerLength;
    private int _headerRead;
    private long _passing;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_headerRead == _headerLength && _passing == 0 && !await NextBoxAsync(cancellationToken)) return 0;
        if (_headerRead < _headerLength)
        {
            var count = Math.Min(buffer.Length, _headerLength - _headerRead);
            _header.AsMemory(_headerRead, count).CopyTo(buffer);
            _headerRead += count;
            return count;
        }

        var read = await source.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _passing)], cancellationToken);
        if (read == 0 && buffer.Length > 0) throw new IOException("A stored segment is shorter than its boxes say.");
        _passing -= read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Synchronous reads are not supported.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private async ValueTask<bool> NextBoxAsync(CancellationToken leaving)
    {
        var got = await source.ReadAtLeastAsync(_header.AsMemory(0, IsoBoxes.HeaderLength), IsoBoxes.HeaderLength, throwOnEndOfStream: false, leaving);
        if (got == 0) return false;
        long size = got == IsoBoxes.HeaderLength ? BinaryPrimitives.ReadUInt32BigEndian(_header) : 0;
        var isFragment = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(4)) == IsoBoxes.Moof;
        _headerRead = 0;
        _headerLength = IsoBoxes.HeaderLength;
        if (size == 1)
        {
            if (_header.Length < 16) Array.Resize(ref _header, 16);
            await source.ReadExactlyAsync(_header.AsMemory(8, 8), leaving);
            size = BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(8));
            _headerLength = 16;
        }

        if (size < _headerLength || (isFragment && size > MostHeaderBytes)) throw new IOException("A stored segment is no row of boxes.");
        _passing = size - _headerLength;
        if (!isFragment) return true;
        if (_header.Length < size) Array.Resize(ref _header, (int)size);
        await source.ReadExactlyAsync(_header.AsMemory(_headerLength, (int)_passing), leaving);
        IsoFragment.Move(_header.AsSpan(_headerLength, (int)_passing), entry.Shifts, entry.Index);
        _headerLength = (int)size;
        _passing = 0;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) source.Dispose();
        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await base.DisposeAsync();
    }
}
