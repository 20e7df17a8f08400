using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Gateway.Configuration;

/// <summary>
/// Fills an options object from its section, property by property, and collects everything that is wrong instead of stopping at the
/// first: value that does not parse, value out of range, key that no property has.
/// </summary>
internal sealed class OptionReader(IConfigurationSection section, IEnumerable<OptionsSection>? others = null)
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public void Read(object options)
    {
        var properties = options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).ToArray();
        foreach (var property in properties) ReadOne(options, property);
        foreach (var child in section.GetChildren())
        {
            if (properties.Any(p => string.Equals(p.Name, child.Key, StringComparison.OrdinalIgnoreCase))) continue;
            // A section of its own within this one.
            if (others?.Any(other => string.Equals(other.Path, child.Path, StringComparison.OrdinalIgnoreCase)) == true) continue;
            _errors.Add($"{child.Path}: there is no such knob. Known here: {string.Join(", ", properties.Select(p => p.Name))}.");
        }

        if (_errors.Count > 0 || options is not IValidatableObject whole) return;
        foreach (var result in whole.Validate(new ValidationContext(options)))
            _errors.Add($"{section.Path}: {result.ErrorMessage}");
    }

    private void ReadOne(object options, PropertyInfo property)
    {
        var source = section.GetSection(property.Name);
        // An empty value in the environment means "not set", as shells make it hard to unset one.
        // An empty list in a file has the value "" as well, and may have elements from elsewhere.
        if (!source.Exists() || (source.Value is "" && !source.GetChildren().Any())) return;
        if (property.PropertyType.IsArray && source.Value is { Length: > 0 } && !source.GetChildren().Any())
        {
            // The value is not repeated: it may be a secret.
            _errors.Add($"{source.Path} is a list. Write its entries one by one: {source.Path}:0, {source.Path}:1 (in the environment {source.Path.Replace(":", "__", StringComparison.Ordinal)}__0).");
            return;
        }

        object? value;
        try
        {
            value = source.Get(property.PropertyType);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            _errors.Add($"{source.Path}: {Shown(source, property)} is not {Kind(property.PropertyType)}. {Advice(property)}");
            return;
        }

        if (value is null)
        {
            _errors.Add($"{source.Path}: {Shown(source, property)} is not {Kind(property.PropertyType)}. {Advice(property)}");
            return;
        }

        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (rule.IsValid(value)) continue;
            _errors.Add($"{source.Path}: {Shown(source, property)} is not allowed. {Advice(property)}");
            return;
        }

        property.SetValue(options, value);
    }

    /// <summary>A secret's value is not repeated: what is printed at the start is read by many.</summary>
    private static string Shown(IConfigurationSection source, PropertyInfo property) =>
        property.IsDefined(typeof(SecretAttribute)) ? "the value, which is a secret and not shown," : $"'{source.Value}'";

    private static string Advice(PropertyInfo property)
    {
        var allowed = property.GetCustomAttribute<RangeAttribute>() is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"Allowed: {range.Minimum} to {range.Maximum}.")
            : property.GetCustomAttribute<ValidationAttribute>() is { } rule
                ? rule.FormatErrorMessage(property.Name)
                : Example(property.PropertyType);
        var inherited = property.GetValue(Activator.CreateInstance(property.DeclaringType!));
        return string.Create(CultureInfo.InvariantCulture, $"{allowed} Remove the key for the default ({inherited ?? "none"}).");
    }

    private static string Example(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return $"Allowed: {string.Join(", ", Enum.GetNames(type))}.";
        if (type == typeof(TimeSpan)) return "Write it as hours:minutes:seconds, for example 00:00:30.";
        return type == typeof(bool) ? "Allowed: true, false." : "";
    }

    private static string Kind(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(TimeSpan)) return "a time span such as 00:00:30";
        if (type == typeof(bool)) return "true or false";
        if (type.IsArray) return "a list; give each element a number of its own, the first one 0";
        if (typeof(System.Collections.IDictionary).IsAssignableFrom(type)) return "a table; give each value a name of its own";
        if (type == typeof(int) || type == typeof(long)) return "a whole number";
        if (type == typeof(double)) return "a number";
        return type.IsEnum ? "one of the names" : "readable here";
    }
}
