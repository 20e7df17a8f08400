using System.Buffers;

namespace Gateway.Manifests;

/// <summary>
/// What <see cref="ReferenceMap"/> decided about one reference, and of which parts the replacement consists; writing it is another matter. Valid until the map decides
/// about the next one.
/// </summary>
internal readonly ref struct MappedReference
{
    /// <summary>From here on a passage is written by itself, so that the writer may break it over several of its blocks.</summary>
    private const int LongPassage = 2048;

    private readonly ReadOnlySpan<byte> _before;
    private readonly ReadOnlySpan<byte> _file;
    private readonly ReadOnlySpan<byte> _query;
    private readonly ReadOnlySpan<byte> _fragment;

    /// <summary>A reference that keeps its bytes.</summary>
    public MappedReference(ReferenceVerdict verdict) => Verdict = verdict;

    /// <summary>A reference that is replaced.</summary>
    /// <param name="before">Everything before the file name.</param>
    /// <param name="file">Path after the last slash.</param>
    /// <param name="query">Empty, or from the question mark on.</param>
    /// <param name="fragment">Empty, or from the number sign on.</param>
    public MappedReference(ReadOnlySpan<byte> before, ReadOnlySpan<byte> file, ReadOnlySpan<byte> query, ReadOnlySpan<byte> fragment)
    {
        Verdict = ReferenceVerdict.Replaced;
        _before = before;
        _file = file;
        _query = query;
        _fragment = fragment;
    }

    public ReferenceVerdict Verdict { get; }

    /// <summary>Bytes of the replacement.</summary>
    public int Length => _before.Length + _file.Length + _query.Length + _fragment.Length;

    /// <summary>Writes the replacement.</summary>
    /// <param name="output">Gets it.</param>
    /// <param name="passage">What is written ahead of it: the text between it and the one before.</param>
    /// <exception cref="ManifestRefusedException">There is no space for it.</exception>
    public void WriteTo(IBufferWriter<byte> output, ReadOnlySpan<byte> passage)
    {
        if (passage.Length > LongPassage)
        {
            output.Write(passage);
            passage = [];
        }

        var length = passage.Length + Length;
        var span = output.GetSpan(length);
        passage.CopyTo(span);
        span = span[passage.Length..];
        _before.CopyTo(span);
        span = span[_before.Length..];
        _file.CopyTo(span);
        if (!_query.IsEmpty || !_fragment.IsEmpty)
        {
            span = span[_file.Length..];
            _query.CopyTo(span);
            _fragment.CopyTo(span[_query.Length..]);
        }

        output.Advance(length);
    }
}
