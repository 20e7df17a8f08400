using System.Text;

namespace Gateway.Tests.Telemetry;

/// <summary>Stands where standard output stands; can be made to fail.</summary>
internal sealed class CapturedConsole : Stream
{
    private readonly MemoryStream _bytes = new();

    public bool Broken { get; set; }

    /// <summary>How it fails.</summary>
    public Exception Fault { get; set; } = new IOException("the pipe is closed");

    public string[] Lines
    {
        get
        {
            lock (_bytes) return Encoding.UTF8.GetString(_bytes.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Broken) throw Fault;
        lock (_bytes) _bytes.Write(buffer, offset, count);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
