namespace Gateway.Configuration;

/// <summary>Secrets that come from files, as containers mount them: beside the key of each secret one with <c>File</c> at its end names a file with its value.</summary>
internal static class SecretFiles
{
    /// <summary>Keys that name a file, and where its content goes: to the key itself, or line by line into a list.</summary>
    private static readonly (string FileKey, string Key, bool IsList)[] Known =
    [
        ($"{OptionsSection.Root}:Access:TicketKeysFile", $"{OptionsSection.Root}:Access:TicketKeys", true),
        ($"{OptionsSection.Root}:Access:EdgeAuthKeyFile", $"{OptionsSection.Root}:Access:EdgeAuthKeys", true),
        ($"{OptionsSection.Root}:Admin:ApiKeyFile", $"{OptionsSection.Root}:Admin:ApiKeys", true),
        ($"{OptionsSection.Root}:Transcoder:KeyFile", $"{OptionsSection.Root}:Transcoder:Key", false),
        ($"{OptionsSection.Root}:Live:S3SecretKeyFile", $"{OptionsSection.Root}:Live:S3SecretKey", false),
        ("ConnectionStrings:SessionsFile", "ConnectionStrings:Sessions", false),
    ];

    /// <summary>Section of files by name; each one's content goes to the key of that name in the other section.</summary>
    private static readonly (string FileSection, string Section) ByName = ($"{OptionsSection.Root}:Origin:BearerKeyFiles", $"{OptionsSection.Root}:Origin:BearerKeys");

    /// <summary>Reads the files that the configuration names so far, and goes on polling them while the application runs.</summary>
    /// <exception cref="WrongConfigurationException">A file cannot be read, or a secret has both a value and a file.</exception>
    public static WebApplicationBuilder AddSecretFiles(this WebApplicationBuilder builder)
    {
        var files = Named(builder.Configuration).ToArray();
        if (files.Length == 0) return builder;
        var errors = new List<string>();
        foreach (var file in files)
        {
            if (HasValue(builder.Configuration.GetSection(file.Key))) errors.Add($"{file.FileKey}: {file.Key} has a value of its own. Give the value or the file, not both.");
            if (file.Fault() is { } fault) errors.Add($"{file.FileKey}: '{file.Path}' cannot be read: {fault} Give the path of a file of at most {SecretFile.MaxBytes} bytes that this user may read.");
        }

        if (errors.Count > 0) throw new WrongConfigurationException(errors);
        var provider = new SecretFileProvider(files);
        ((IConfigurationBuilder)builder.Configuration).Add(new Source(provider));
        builder.Services.AddSingleton(provider);
        builder.Services.AddHostedService<SecretFileWatch>();
        return builder;
    }

    private static IEnumerable<SecretFile> Named(ConfigurationManager configuration)
    {
        foreach (var (fileKey, key, isList) in Known)
        {
            if (configuration[fileKey] is { Length: > 0 } path) yield return new SecretFile(fileKey, key, isList, path);
        }

        foreach (var child in configuration.GetSection(ByName.FileSection).GetChildren())
        {
            if (child.Value is { Length: > 0 } path) yield return new SecretFile(child.Path, $"{ByName.Section}:{child.Key}", false, path);
        }
    }

    private static bool HasValue(IConfigurationSection section) => section.Value is { Length: > 0 } || section.GetChildren().Any();

    private sealed class Source(SecretFileProvider provider) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => provider;
    }
}
