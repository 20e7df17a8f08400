namespace Gateway.Configuration;

/// <summary>A file with a secret in it.</summary>
/// <param name="FileKey">The key that names it.</param>
/// <param name="Key">The key that its content is for.</param>
/// <param name="IsList">Whether each line is an element; empty lines are none.</param>
/// <param name="Path">Where it lies.</param>
internal sealed record SecretFile(string FileKey, string Key, bool IsList, string Path)
{
    public const int MaxBytes = 64 * 1024;

    /// <returns>Why it cannot be read; null when it can.</returns>
    public string? Fault()
    {
        try
        {
            Read();
            return null;
        }
        catch (Exception e) when (IsOfReading(e))
        {
            return e.Message;
        }
    }

    /// <summary>The keys and values that it holds.</summary>
    /// <exception cref="IOException">It cannot be read, or is too large. Others of its kind: see <see cref="IsOfReading"/>.</exception>
    public IEnumerable<KeyValuePair<string, string?>> Read()
    {
        if (new FileInfo(Path).Length > MaxBytes) throw new IOException("It is too large.");
        var text = File.ReadAllText(Path);
        if (!IsList) return [KeyValuePair.Create(Key, (string?)text.Trim())];
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Select((line, i) => KeyValuePair.Create($"{Key}:{i}", (string?)line)).ToArray();
    }

    public static bool IsOfReading(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
