using System.Security.Cryptography;

namespace TranscoderStub.JustInTime;

/// <summary>
/// A segment while it is made: written to the store's disk as it comes, so that memory does not grow with its length. Where the disk takes nothing, or no more,
/// the rest and what is there already go to memory: a full disk costs keeping and never an answer. For one writer. Disposing it deletes what is not kept.
/// </summary>
internal sealed class SegmentSpool : Stream
{
    private const int BufferLength = 64 << 10;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string? _path;
    private readonly byte[] _buffer = new byte[BufferLength];
    private FileStream? _file;
    private MemoryStream? _memory;
    private int _inBuffer;
    private long _flushed;

    /// <param name="path">Where it is written meanwhile; null where the disk is known to take nothing.</param>
    public SegmentSpool(string? path)
    {
        _path = path;
        try
        {
            if (path is not null) _file = SegmentFile.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = e.Message;
        }

        if (_file is null) _memory = new MemoryStream();
    }

    /// <summary>Why the disk did not take it; null if it has, or was not asked to.</summary>
    public string? Failure { get; private set; }

    public bool IsOnDisk => _file is not null;

    public override long Length => _flushed + _inBuffer;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (_inBuffer == BufferLength) await EmptyBufferAsync();
            var count = Math.Min(buffer.Length, BufferLength - _inBuffer);
            buffer[..count].CopyTo(_buffer.AsMemory(_inBuffer));
            _inBuffer += count;
            buffer = buffer[count..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>All has come: SHA-256 of it.</summary>
    public async Task<byte[]> EndAsync()
    {
        await EmptyBufferAsync();
        return _hash.GetHashAndReset();
    }

    /// <summary>Makes it a file of the store.</summary>
    /// <exception cref="IOException">The disk is full or failing; the bytes can still be taken.</exception>
    public async Task MoveAsync(string path, byte[] hash)
    {
        await SegmentFile.EndAsync(_file!, _flushed, hash);
        await _file!.DisposeAsync();
        _file = null;
        File.Move(_path!, path, overwrite: true);
    }

    /// <summary>All bytes, for who is to be answered without a file.</summary>
    public async Task<byte[]> TakeAsync()
    {
        if (_memory is null) await MoveToMemoryAsync();
        return _memory!.ToArray();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            _file?.Dispose();
            if (_path is not null) SegmentFile.Delete(_path);
        }

        base.Dispose(disposing);
    }

    private async ValueTask EmptyBufferAsync()
    {
        var bytes = _buffer.AsMemory(0, _inBuffer);
        _hash.AppendData(bytes.Span);
        if (_file is not null)
        {
            try
            {
                await _file.WriteAsync(bytes);
            }
            catch (IOException e)
            {
                Failure = e.Message;
                await MoveToMemoryAsync();
            }
        }

        _memory?.Write(bytes.Span);
        _flushed += bytes.Length;
        _inBuffer = 0;
    }

    // A write that failed may have left a part; what was written before it is there to be read.
    private async Task MoveToMemoryAsync()
    {
        var memory = new MemoryStream();
        memory.SetLength(_flushed);
        var file = _file ?? SegmentFile.OpenRead(_path!);
        file.Position = 0;
        await file.ReadExactlyAsync(memory.GetBuffer().AsMemory(0, (int)_flushed));
        await file.DisposeAsync();
        memory.Position = _flushed;
        (_file, _memory) = (null, memory);
    }
}
