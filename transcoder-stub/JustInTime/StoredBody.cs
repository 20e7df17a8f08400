using TranscoderStub.Titles;

namespace TranscoderStub.JustInTime;

/// <summary>The segment at the beginning of a file of the store. The file may be deleted while it is read; its bytes stay until the reader closes it.</summary>
internal sealed class StoredBody(string path, long length, byte[] hash) : MediaBody
{
    public override long Length => length;

    public override Stream Open()
    {
        // The segment may have left the store and been made again, with other bytes, between the look at it and now.
        var file = SegmentFile.OpenRead(path);
        if (SegmentFile.EndsAs(file, length, hash)) return new BoundedStream(file, length);
        file.Dispose();
        throw new IOException("The segment is another one than was found.");
    }
}
