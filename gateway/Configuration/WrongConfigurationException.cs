namespace Gateway.Configuration;

/// <summary>The start is refused; the message lists every error, a line each: key, given value, what is allowed, what to do.</summary>
public sealed class WrongConfigurationException(IReadOnlyList<string> errors)
    : Exception($"The configuration is wrong, nothing was started:{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", errors)}")
{
    /// <summary>One sentence for each wrong knob.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
