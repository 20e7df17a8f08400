using System.Buffers.Binary;
using TranscoderStub.Live;

namespace TranscoderStub.Encoders;

/// <summary>
/// Reads coded packets out of fragmented MP4 that ffmpeg writes with one fragment a packet: every mdat holds exactly one. Their times are not read,
/// because the packets come on a grid that is known beforehand.
/// </summary>
internal sealed class PacketReader(Stream stream, int maxPacketBytes)
{
    private readonly byte[] _header = new byte[Boxes.HeaderLength];

    /// <summary>ftyp and moov, as far as they have been passed.</summary>
    public byte[]? Movie { get; private set; }

    /// <summary>The next packet; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">A box is longer than a packet may be.</exception>
    /// <exception cref="EndOfStreamException">The stream ends inside a box: the encoder was killed.</exception>
    public async ValueTask<byte[]?> NextAsync(CancellationToken stop)
    {
        while (true)
        {
            var read = await stream.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false, stop);
            if (read == 0) return null;
            if (read < _header.Length) throw new EndOfStreamException();

            var length = BinaryPrimitives.ReadUInt32BigEndian(_header) - (long)Boxes.HeaderLength;
            if (length < 0 || length > maxPacketBytes) throw new InvalidDataException("The encoder wrote a box without a sound length.");
            var body = new byte[length];
            await stream.ReadExactlyAsync(body, stop);
            switch (Boxes.TypeOf(_header))
            {
                case Boxes.Mdat:
                    return body;
                case Boxes.Moov:
                    Movie = body;
                    break;
            }
        }
    }
}
