using System.Diagnostics.CodeAnalysis;

namespace Gateway.Media;

/// <summary>Where a file of a title lies upstream: a path with <c>{mediaId}</c> in it. Pure functions over such templates.</summary>
internal static class TitleTemplate
{
    /// <summary>Stands for the title's name.</summary>
    public const string Name = "{mediaId}";

    /// <summary>Longest name of a title.</summary>
    public const int LongestMediaId = 256;

    /// <summary>The upstream path of a title's file, percent-encoded, with a leading slash.</summary>
    public static string PathOf(string template, string mediaId)
    {
        var encoded = string.Join('/', mediaId.Split('/').Select(Uri.EscapeDataString));
        return "/" + template.TrimStart('/').Replace(Name, encoded, StringComparison.Ordinal);
    }

    /// <summary>The part of a template after the title's name: where the file lies within, or beside, the title's folder.</summary>
    public static string TailOf(string template) => template[(template.IndexOf(Name, StringComparison.Ordinal) + Name.Length)..];

    /// <summary>Reads the title's name out of a path; false where the path is none of the template's, or another path would be made of the name.</summary>
    public static bool TryRead(string template, string path, [NotNullWhen(true)] out string? mediaId)
    {
        mediaId = null;
        var before = "/" + template.TrimStart('/');
        var at = before.IndexOf(Name, StringComparison.Ordinal);
        if (at < 0) return false;
        if (path.Length <= at || !path.AsSpan().StartsWith(before.AsSpan(0, at), StringComparison.Ordinal)) return false;
        var tail = TailOf(template);
        // A template with the name in it twice ends differently for each title.
        var isTwice = tail.Contains(Name, StringComparison.Ordinal);
        if (!isTwice && !path.EndsWith(tail, StringComparison.Ordinal)) return false;
        var length = isTwice ? path.AsSpan(at).IndexOf('/') : path.Length - at - tail.Length;
        if (length <= 0) return false;
        var name = Uri.UnescapeDataString(path.AsSpan(at, length));
        if (name.Length > LongestMediaId || !string.Equals(PathOf(template, name), path, StringComparison.Ordinal)) return false;
        mediaId = name;
        return true;
    }
}
