using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gateway.Live.Keys;

/// <summary>
/// The contract of object keys, version 1: a chunk lies at <c>stream_input/{session_id}/chunk_{index:05d}.mp4</c>, its segment at <c>stream_output/{session_id}/seg_{index:05d}.mp4</c>.
/// The one place where such keys are written and read. The suffix is part of the key and says nothing of the container: a WebM chunk lies there as well.
/// </summary>
internal static class StreamChunkKey
{
    /// <summary>The version that this class writes, and the only one that it reads.</summary>
    public const int Version = 1;

    /// <summary>Five digits: 138 hours of 5 s.</summary>
    public const int LastIndex = 99_999;

    /// <summary>Longest session id that is read; those that the gateway makes have 32 letters.</summary>
    public const int LongestSessionId = 64;

    public const string InputFolder = "stream_input/";
    public const string OutputFolder = "stream_output/";

    private const string ChunkPrefix = "chunk_";
    private const string SegmentPrefix = "seg_";
    private const string InitPrefix = "init_";
    private const string Suffix = ".mp4";
    private const int Digits = 5;

    public static string InputFolderOf(string session) => $"{InputFolder}{session}/";

    public static string OutputFolderOf(string session) => $"{OutputFolder}{session}/";

    public static string InputOf(string session, int index) => $"{InputFolder}{session}/{ChunkPrefix}{Number(index)}{Suffix}";

    /// <summary>
    /// Where a chunk lies that found another one's bytes under its key, which nobody had confirmed, or whose store cannot create atomically: its name tells the first half of its digest, so that no other bytes can come to lie
    /// there. The journal says which of the two counts.
    /// </summary>
    public static string AsideOf(string session, int index, UInt128 digest) => string.Create(CultureInfo.InvariantCulture, $"{InputPrefixOf(session, index)}_{digest:x32}{Suffix}");

    /// <summary>What the keys of a chunk and of all that were sent for its index begin with.</summary>
    public static string InputPrefixOf(string session, int index) => $"{InputFolder}{session}/{ChunkPrefix}{Number(index)}";

    public static string OutputOf(string session, int index) => $"{OutputFolder}{session}/{SegmentNameOf(index)}";

    /// <summary>Name of a segment within its session's folder; the same in playlists.</summary>
    public static string SegmentNameOf(int index) => $"{SegmentPrefix}{Number(index)}{Suffix}";

    /// <summary>Name of an initialisation section within its session's folder.</summary>
    public static string InitNameOf(string id) => $"{InitPrefix}{id}{Suffix}";

    /// <summary>Whether a text may be a session id.</summary>
    public static bool IsSessionId(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > LongestSessionId) return false;
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-')) return false;
        }

        return true;
    }

    /// <summary>Reads the key of an uploaded chunk; false for whatever is none, letter for letter.</summary>
    public static bool TryParse(string key, [NotNullWhen(true)] out StreamChunkPayload? payload)
    {
        payload = null;
        if (!key.StartsWith(InputFolder, StringComparison.Ordinal)) return false;
        var rest = key.AsSpan(InputFolder.Length);
        var slash = rest.IndexOf('/');
        if (slash < 0 || !IsSessionId(rest[..slash]) || !TryReadName(rest[(slash + 1)..], ChunkPrefix, out var index)) return false;
        payload = new StreamChunkPayload(rest[..slash].ToString(), index);
        return true;
    }

    /// <summary>Reads the name of a segment within its session's folder.</summary>
    public static bool TryReadSegmentName(ReadOnlySpan<char> name, out int index) => TryReadName(name, SegmentPrefix, out index);

    /// <summary>Reads the name of an initialisation section within its session's folder.</summary>
    public static bool TryReadInitName(ReadOnlySpan<char> name, out string id)
    {
        id = "";
        if (!name.StartsWith(InitPrefix, StringComparison.Ordinal) || !name.EndsWith(Suffix, StringComparison.Ordinal) || name.Length <= InitPrefix.Length + Suffix.Length) return false;
        var text = name[InitPrefix.Length..^Suffix.Length];
        if (!IsSessionId(text)) return false;
        id = text.ToString();
        return true;
    }

    /// <summary>Whether a record was written by a version of this contract that is known; others are refused rather than guessed at.</summary>
    /// <exception cref="NotSupportedException">It was not; the message lists those that are known.</exception>
    public static void RequireKnown(int version)
    {
        if (version != Version) throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"A live session was written by version {version} of the key contract. Supported: {Version}."));
    }

    private static string Number(int index) => index.ToString("D5", CultureInfo.InvariantCulture);

    private static bool TryReadName(ReadOnlySpan<char> name, string prefix, out int index)
    {
        index = 0;
        if (name.Length != prefix.Length + Digits + Suffix.Length || !name.StartsWith(prefix, StringComparison.Ordinal) || !name.EndsWith(Suffix, StringComparison.Ordinal)) return false;
        foreach (var digit in name.Slice(prefix.Length, Digits))
        {
            if (!char.IsAsciiDigit(digit)) return false;
            index = (index * 10) + (digit - '0');
        }

        return true;
    }
}
