namespace Gateway.Configuration;

internal static class ConfigurationCheck
{
    /// <summary>Reads every registered section once and refuses the start with one message that lists all errors.</summary>
    /// <exception cref="WrongConfigurationException">At least one knob is wrong.</exception>
    public static void CheckConfiguration(this WebApplication app)
    {
        var sections = app.Services.GetServices<OptionsSection>().ToArray();
        var errors = new List<string>();
        foreach (var known in sections)
        {
            var reader = new OptionReader(app.Configuration.GetSection(known.Path), sections);
            reader.Read(Activator.CreateInstance(known.OptionsType)!);
            errors.AddRange(reader.Errors);
        }

        foreach (var child in app.Configuration.GetSection(OptionsSection.Root).GetChildren())
        {
            if (sections.Any(s => string.Equals(s.Path, child.Path, StringComparison.OrdinalIgnoreCase))) continue;
            errors.Add($"{child.Path}: there is no such section. Known: {string.Join(", ", sections.Select(s => s.Path))}.");
        }

        if (errors.Count > 0) throw new WrongConfigurationException(errors);
    }
}
