namespace TranscoderStub.Titles;

/// <summary>The first <paramref name="length"/> bytes of a file, measured when it was found. A file that became another one since is refused, not half served.</summary>
internal sealed class FileBody(string path, long length, DateTime writtenUtc) : MediaBody
{
    public override long Length => length;

    public static FileBody Of(FileInfo file) => new(file.FullName, file.Length, file.LastWriteTimeUtc);

    public override Stream Open()
    {
        // No buffer of its own: the reader's 64 KiB is the only memory that a transfer costs.
        var stream = new FileStream(path, new FileStreamOptions
        {
            Access = FileAccess.Read,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        });
        if (stream.Length == length && File.GetLastWriteTimeUtc(stream.SafeFileHandle) == writtenUtc) return stream;
        stream.Dispose();
        throw new IOException("The file has changed since it was found.");
    }
}
