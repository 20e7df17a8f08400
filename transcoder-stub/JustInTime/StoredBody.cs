using TranscoderStub.Titles;

namespace TranscoderStub.JustInTime;

/// <summary>The segment at the beginning of a file of the store. The file may be deleted while it is read; its bytes stay until the reader closes it.</summary>
internal sealed class StoredBody(string path, long length) : MediaBody
{
    public override long Length => length;

    public override Stream Open() => new BoundedStream(SegmentFile.OpenRead(path), length);
}
