using System.Buffers;

namespace Gateway.Manifests.Dash;

/// <summary>The document as it is written: what is replaced or put in, and between it the original, copied up to each place in turn.</summary>
/// <param name="document">The original.</param>
/// <param name="target">Gets the new document, and nothing when nothing is replaced or put in.</param>
internal ref struct MpdOutput(ReadOnlySpan<byte> document, IBufferWriter<byte> target)
{
    private readonly ReadOnlySpan<byte> _document = document;
    private readonly IBufferWriter<byte> _target = target;
    private int _copied;

    /// <summary>Copies what is left, if anything was changed.</summary>
    /// <returns>Whether anything was.</returns>
    public readonly bool End()
    {
        if (_copied > 0) _target.Write(_document[_copied..]);
        return _copied > 0;
    }

    /// <summary>Puts an element BaseURL in.</summary>
    /// <param name="position">Where in the original.</param>
    /// <param name="prefix">Namespace prefix of the document's elements with its colon; empty for none.</param>
    /// <param name="text">The URL, not yet encoded.</param>
    public void InsertBase(int position, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text)
    {
        CopyTo(position);
        _target.Write("<"u8);
        _target.Write(prefix);
        _target.Write("BaseURL>"u8);
        XmlValue.Encode(text, DashSpelling.Text, _target);
        _target.Write("</"u8);
        _target.Write(prefix);
        _target.Write("BaseURL>"u8);
    }

    /// <summary>Writes another text in the place of a reference.</summary>
    /// <param name="values">The document's values.</param>
    /// <param name="found">The reference.</param>
    /// <param name="text">The text, not yet encoded.</param>
    public void Replace(in DashValues values, MpdReference found, ReadOnlySpan<byte> text)
    {
        if (found.Spelling != DashSpelling.Mixed)
        {
            CopyTo(found.Start);
            XmlValue.Encode(text, found.Spelling, _target);
            _copied = found.Start + found.Length;
            return;
        }

        // The first run of characters is replaced by the whole URL, the others are removed; comments between them stay.
        var raw = values.Raw(found);
        var written = false;
        for (var position = 0; XmlValue.TryReadRun(raw, ref position, out var run, out var spelling);)
        {
            var trimmed = raw[run].Trim(" \t\r\n"u8);
            if (trimmed.IsEmpty) continue;
            CopyTo(found.Start + run.Start.Value + (raw[run].Length - raw[run].TrimStart(" \t\r\n"u8).Length));
            if (!written) XmlValue.Encode(text, spelling, _target);
            _copied += trimmed.Length;
            written = true;
        }
    }

    private void CopyTo(int position)
    {
        _target.Write(_document[_copied..position]);
        _copied = position;
    }
}
