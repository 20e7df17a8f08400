using System.Text;

namespace Gateway.Files;

/// <summary>The query of a file request: <c>format</c> is the gateway's own parameter, everything else is upstream's and keeps its spelling.</summary>
internal static class FileQuery
{
    private const string Name = "format";

    /// <summary>Takes the first <c>format</c> out of a query; false for a value that is no format.</summary>
    /// <param name="query">Empty, or <c>?</c> and parameters.</param>
    /// <param name="format">What is wanted; native where nothing is said.</param>
    /// <param name="rest">The query without any <c>format</c>; empty, or <c>?</c> and parameters.</param>
    public static bool TryTakeFormat(string query, out FileFormat format, out string rest)
    {
        format = FileFormat.Native;
        rest = query;
        if (query.Length <= 1 || !query.Contains(Name, StringComparison.Ordinal)) return true;
        string? wanted = null;
        var kept = new StringBuilder(query.Length);
        foreach (var parameter in query[1..].Split('&'))
        {
            if (parameter.StartsWith(Name, StringComparison.Ordinal) && (parameter.Length == Name.Length || parameter[Name.Length] == '=')) wanted ??= parameter[Math.Min(parameter.Length, Name.Length + 1)..];
            else kept.Append(kept.Length == 0 ? '?' : '&').Append(parameter);
        }

        rest = kept.ToString();
        switch (wanted)
        {
            case null or "native" or "lossless":
                return true;
            case "wav":
                format = FileFormat.Wav;
                return true;
            case "opus":
                format = FileFormat.Opus;
                return true;
            default:
                return false;
        }
    }
}
