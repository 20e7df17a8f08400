using System.Buffers.Binary;
using static TranscoderStub.Live.Boxes;

namespace TranscoderStub.Streams;

/// <summary>The header of a chunk in an MP4: enough of it to know what ffmpeg will find, without starting a program.</summary>
internal static class ChunkHeader
{
    private const uint Ftyp = 0x66747970, Hdlr = 0x68646C72, Soun = 0x736F756E;
    private const int MostHeader = 4 << 20;

    /// <summary>Boxes before the header that are looked at: a recorder writes a handful, or a few for each fragment.</summary>
    private const int MostBoxes = 4096;

    /// <summary>Whether a chunk has a track of sound; null for what is no MP4 or none of its kin, which never holds what can be copied.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<bool?> HasSoundAsync(string path, CancellationToken stop)
    {
        await using var file = File.OpenRead(path);
        var head = new byte[HeaderLength + sizeof(long)];
        var boxes = 0;
        for (long at = 0; at < file.Length && boxes < MostBoxes; boxes++)
        {
            file.Position = at;
            var read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, stop);
            if (read < HeaderLength || (at == 0 && TypeOf(head) != Ftyp)) return null;
            long length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (length == 1 && read == head.Length) length = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(HeaderLength));
            if (length < HeaderLength || length > file.Length - at) return null;
            if (TypeOf(head) == Moov) return length <= MostHeader ? HasSound(await ReadAsync(file, at, (int)length, stop)) : null;
            at += length;
        }

        return null;
    }

    private static async Task<byte[]> ReadAsync(FileStream file, long at, int length, CancellationToken stop)
    {
        var box = new byte[length];
        file.Position = at;
        await file.ReadExactlyAsync(box, stop);
        return box;
    }

    private static bool? HasSound(ReadOnlySpan<byte> moov)
    {
        try
        {
            for (var boxes = moov[HeaderLength..]; !boxes.IsEmpty; boxes = boxes[LengthOf(boxes)..])
            {
                if (TypeOf(boxes) != Trak) continue;
                var handler = Find(Find(boxes[HeaderLength..LengthOf(boxes)], Mdia), Hdlr);
                if (handler.Length >= 12 && BinaryPrimitives.ReadUInt32BigEndian(handler[8..]) == Soun) return true;
            }

            return false;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
