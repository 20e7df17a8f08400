using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TranscoderStub.JustInTime;

/// <summary>
/// How a segment lies on disk: its bytes, then a footer of 48 bytes with a mark, their number and their SHA-256. A file is written under another name and
/// renamed, so that there is never half a one; what a crash, a full disk or a failing one damaged all the same, the footer tells.
/// </summary>
internal static class SegmentFile
{
    public const string Temporary = ".part";
    private const int FooterLength = 48;
    private static readonly byte[] s_mark = "SEGMENT1"u8.ToArray();

    public static long LengthOf(long fileLength) => fileLength - FooterLength;

    public static long FileLengthOf(long length) => length + FooterLength;

    /// <summary>A file that is written piece by piece.</summary>
    public static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous);

    /// <summary>Writes the footer behind the bytes.</summary>
    public static ValueTask EndAsync(FileStream file, long length, byte[] hash)
    {
        file.Position = length;
        return file.WriteAsync(Footer(length, hash));
    }

    /// <exception cref="IOException">The disk is full or failing; no file is left then.</exception>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, byte[] hash)
    {
        var temporary = path + Temporary;
        try
        {
            await using (var file = Create(temporary))
            {
                await file.WriteAsync(bytes);
                await EndAsync(file, bytes.Length, hash);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads the whole file, in pieces, and compares: the segment, or null if it is not what was written.</summary>
    /// <exception cref="IOException">The file is gone or cannot be read.</exception>
    public static async Task<MadeSegment?> VerifyAsync(string path, CancellationToken stop)
    {
        await using var file = OpenRead(path);
        var length = LengthOf(file.Length);
        if (length <= 0) return null;
        await using var body = new BoundedStream(file, length);
        var hash = await SHA256.HashDataAsync(body, stop);
        var footer = new byte[FooterLength];
        file.Position = length;
        await file.ReadExactlyAsync(footer, stop);
        return footer.AsSpan().SequenceEqual(Footer(length, hash)) ? new MadeSegment(new StoredBody(path, length, hash), hash) : null;
    }

    public static FileStream OpenRead(string path) => new(path, new FileStreamOptions
    {
        Access = FileAccess.Read,
        Share = FileShare.Read | FileShare.Delete,
        BufferSize = 0,
        Options = FileOptions.Asynchronous,
    });

    /// <summary>Whether the footer is that of a segment; the bytes are not read.</summary>
    public static bool EndsAs(FileStream file, long length, byte[] hash)
    {
        Span<byte> footer = stackalloc byte[FooterLength];
        return file.Length == FileLengthOf(length) && RandomAccess.Read(file.SafeFileHandle, footer, length) == FooterLength && footer.SequenceEqual(Footer(length, hash));
    }

    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that lets nothing be deleted is told of by the next write.
        }
    }

    private static byte[] Footer(long length, byte[] hash)
    {
        var footer = new byte[FooterLength];
        s_mark.CopyTo(footer, 0);
        BinaryPrimitives.WriteInt64BigEndian(footer.AsSpan(8), length);
        hash.CopyTo(footer, 16);
        return footer;
    }
}
