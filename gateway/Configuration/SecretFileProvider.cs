namespace Gateway.Configuration;

/// <summary>The content of secret files as configuration. A file that cannot be read any more keeps the value that it had.</summary>
internal sealed class SecretFileProvider(IReadOnlyList<SecretFile> files) : ConfigurationProvider
{
    private readonly Dictionary<string, KeyValuePair<string, string?>[]> _read = new(StringComparer.Ordinal);

    public override void Load()
    {
        foreach (var file in files) _read[file.FileKey] = [.. file.Read()];
        Take();
    }

    /// <summary>Reads all files again. Called by one thread at a time.</summary>
    /// <returns>What could not be read: key and reason, never content.</returns>
    public IReadOnlyList<(string FileKey, string Fault)> LookAgain()
    {
        var faults = new List<(string, string)>();
        var hasChanged = false;
        foreach (var file in files)
        {
            try
            {
                KeyValuePair<string, string?>[] now = [.. file.Read()];
                // Empty: it is just being written.
                if (now.Length == 0 || now.All(pair => string.IsNullOrEmpty(pair.Value)) || now.SequenceEqual(_read[file.FileKey])) continue;
                _read[file.FileKey] = now;
                hasChanged = true;
            }
            catch (Exception e) when (SecretFile.IsOfReading(e))
            {
                faults.Add((file.FileKey, e.Message));
            }
        }

        if (!hasChanged) return faults;
        Take();
        OnReload();
        return faults;
    }

    private void Take() => Data = _read.Values.SelectMany(pairs => pairs).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
}
