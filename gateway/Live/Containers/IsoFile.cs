using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using static Gateway.Live.Containers.IsoBoxes;

namespace Gateway.Live.Containers;

/// <summary>
/// Reads the boxes of a file whose sender is not trusted: headers are read into memory up to a bound, media are skipped, and whatever reaches beyond its end, or nests wrongly, makes the file unreadable
/// instead of an exception.
/// </summary>
internal sealed class IsoFile
{
    /// <summary>Most bytes of one header.</summary>
    private const int MostHeaderBytes = 4 << 20;

    /// <summary>Most boxes on the outermost level: ten minutes of one fragment a frame.</summary>
    private const int MostBoxes = 100_000;

    private IsoFile()
    {
    }

    /// <summary>The movie header.</summary>
    public IsoMovie? Movie { get; private set; }

    /// <summary>Time of the fragments, by track id; empty in an unfragmented file.</summary>
    public Dictionary<uint, FragmentTime> Times { get; } = [];

    /// <summary>Where the initialisation section lies: type and movie header.</summary>
    public List<(long Offset, long Length)> Init { get; } = [];

    /// <summary>Where the fragments lie, with their media.</summary>
    public List<(long Offset, long Length)> Media { get; } = [];

    /// <summary>Whether the file has bytes of media.</summary>
    public bool HasMedia { get; private set; }

    /// <param name="file">The file.</param>
    /// <param name="needsTime">See <see cref="IsoFragment.TryAdd"/>.</param>
    /// <param name="movie">The header, for a file that has none itself.</param>
    /// <returns>Null where it is no such file, or is cut.</returns>
    public static IsoFile? Read(SafeFileHandle file, bool needsTime, IsoMovie? movie = null)
    {
        var read = new IsoFile { Movie = movie };
        var length = RandomAccess.GetLength(file);
        var header = new byte[16];
        var boxes = 0;
        for (long at = 0; at < length;)
        {
            if (++boxes > MostBoxes || length - at < HeaderLength) return null;
            var got = RandomAccess.Read(file, header, at);
            if (got < HeaderLength) return null;
            long size = BinaryPrimitives.ReadUInt32BigEndian(header);
            var type = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            var before = HeaderLength;
            if (size == 1)
            {
                if (got < 16) return null;
                size = BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(8));
                before = 16;
            }
            else if (size == 0)
            {
                size = length - at;
            }

            if (size < before || size > length - at || (at == 0 && !MayBegin(type)) || !read.Take(file, type, at, before, size, needsTime)) return null;
            at += size;
        }

        return read;
    }

    private static bool MayBegin(uint type) => type is Ftyp or Styp or Moov or Moof or Mdat or Wide or Free or Skip or Sidx or Prft or Emsg;

    private bool Take(SafeFileHandle file, uint type, long at, int before, long size, bool needsTime)
    {
        switch (type)
        {
            case Ftyp when Movie is null:
                Init.Add((at, size));
                return true;
            case Moov when Movie is null:
                Init.Add((at, size));
                return Payload(file, at, before, size) is { } moov && (Movie = IsoMovie.Read(moov)) is not null;
            case Moof:
                Media.Add((at, size));
                return Movie is not null && Payload(file, at, before, size) is { } moof && IsoFragment.TryAdd(moof, Movie, needsTime, Times);
            case Mdat:
                HasMedia |= size > before;
                if (Media.Count > 0) Media.Add((at, size));
                return true;
            default:
                return true;
        }
    }

    private static byte[]? Payload(SafeFileHandle file, long at, int before, long size)
    {
        if (size - before > MostHeaderBytes) return null;
        var payload = new byte[size - before];
        for (var read = 0; read < payload.Length;)
        {
            var got = RandomAccess.Read(file, payload.AsSpan(read), at + before + read);
            if (got == 0) return null;
            read += got;
        }

        return payload;
    }
}
