using System.ComponentModel.DataAnnotations;

namespace TranscoderStub;

/// <summary>
/// Binds a section below <c>Transcoder</c> at once, because the titles are read while the host is being built and a wrong knob has to be known before.
/// </summary>
internal static class Knobs
{
    /// <summary>Lets a knob be given under other names as well; its own name wins, then the first of the others that is set.</summary>
    public static void Alias(IConfiguration configuration, string key, params ReadOnlySpan<string> others)
    {
        foreach (var other in others)
        {
            if (configuration[key] is null && configuration[other] is { Length: > 0 } given) configuration[key] = given;
        }
    }

    /// <exception cref="StartRefusedException">A value is malformed or out of range; the message names key, value and what is allowed.</exception>
    public static T Bind<T>(IConfiguration configuration, string section) where T : class, new()
    {
        var key = $"Transcoder:{section}";
        var options = new T();
        try
        {
            configuration.GetSection(key).Bind(options);
        }
        catch (InvalidOperationException e)
        {
            throw new StartRefusedException(e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message);
        }

        var wrong = new List<ValidationResult>();
        if (Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true)) return options;
        throw new StartRefusedException(string.Join(' ', wrong.Select(w => $"{key}:{string.Join(',', w.MemberNames)} = '{Given(w)}': {w.ErrorMessage}")));

        string? Given(ValidationResult w) => configuration[$"{key}:{w.MemberNames.FirstOrDefault()}"];
    }
}
