using System.Buffers;

namespace Gateway.Telemetry.Events;

/// <summary>One finished line with its line feed, in a rented buffer; the reader of the queue returns the buffer.</summary>
internal readonly struct EventLine
{
    private readonly byte[] _buffer;
    private readonly int _length;

    private EventLine(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
    }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    public static EventLine Copy(ReadOnlySpan<byte> json)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(json.Length + 1);
        json.CopyTo(buffer);
        buffer[json.Length] = (byte)'\n';
        return new EventLine(buffer, json.Length + 1);
    }

    public void Return() => ArrayPool<byte>.Shared.Return(_buffer);
}
