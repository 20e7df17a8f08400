using System.Buffers;

namespace Gateway.Manifests.Dash;

/// <summary>Reads the values of the references that were found.</summary>
/// <param name="document">The document.</param>
/// <param name="isUtf8">Whether it is UTF-8, rather than a single-byte encoding.</param>
internal readonly ref struct DashValues(ReadOnlySpan<byte> document, bool isUtf8)
{
    private readonly ReadOnlySpan<byte> _document = document;

    /// <summary>The bytes of a place as they are spelled.</summary>
    public ReadOnlySpan<byte> Raw(MpdReference found) => _document.Slice(found.Start, found.Length);

    /// <summary>The reference at a place, trimmed; usually the document's own bytes.</summary>
    /// <param name="found">The place.</param>
    /// <param name="rented">To give back with <see cref="Return"/> when the reference is no longer needed.</param>
    public ReadOnlySpan<byte> Read(MpdReference found, out byte[]? rented)
    {
        var raw = Raw(found);
        rented = null;
        if (XmlValue.IsLiteral(raw, found.Spelling)) return raw.Trim(" \t\r\n"u8);
        rented = ArrayPool<byte>.Shared.Rent(raw.Length * 2);
        return rented.AsSpan(0, XmlValue.Decode(raw, found.Spelling, isUtf8, rented)).Trim(" \t\r\n"u8);
    }

    public static void Return(byte[]? rented)
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    public bool IsRelative(MpdReference found)
    {
        var isRelative = IsRelative(Read(found, out var rented));
        Return(rented);
        return isRelative;
    }

    /// <summary>Whether a reference is neither a URL nor a path from a root: what it means depends on the directory of its base.</summary>
    public static bool IsRelative(ReadOnlySpan<byte> reference) =>
        (reference.IsEmpty || reference[0] is not ((byte)'/' or (byte)'\\')) && ReferenceSpelling.SchemeLength(reference) == 0;

    /// <summary>Whether a reference names its host, so that the base does not matter.</summary>
    public static bool NamesHost(ReadOnlySpan<byte> reference) =>
        ReferenceSpelling.SchemeLength(reference) > 0 || reference is [(byte)'/' or (byte)'\\', (byte)'/' or (byte)'\\', ..];
}
