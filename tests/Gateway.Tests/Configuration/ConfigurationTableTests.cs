using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Configuration;

/// <summary>One truth about knobs: options classes and <c>appsettings.json</c> say the same (<c>docs/configuration.md</c> is made from the classes).</summary>
public sealed class ConfigurationTableTests
{
    private static readonly Dictionary<string, string> Options = FromOptions();

    [Fact]
    public void AppSettings_ShowEveryKnobWithItsDefault()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "gateway", "appsettings.json")));
        Assert.Equal(Sorted(Options), Sorted(Flatten(settings.RootElement.GetProperty("Gateway"), "").ToDictionary(StringComparer.Ordinal)));
    }

    private static Dictionary<string, string> FromOptions()
    {
        using var app = Gateway.Program.Build([]);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var section in app.Services.GetServices<OptionsSection>())
        {
            var defaults = Activator.CreateInstance(section.OptionsType)!;
            var name = section.Path[(OptionsSection.Root.Length + 1)..];
            foreach (var property in section.OptionsType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
                found[$"{name}:{property.Name}"] = Written(property.GetValue(defaults));
        }

        return found;
    }

    private static IEnumerable<KeyValuePair<string, string>> Flatten(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object when !element.EnumerateObject().Any() => [new(path, "")],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Flatten(p.Value, path.Length == 0 ? p.Name : $"{path}:{p.Name}")),
        JsonValueKind.Array => [new(path, string.Join(",", element.EnumerateArray().Select(e => e.ToString())))],
        JsonValueKind.True or JsonValueKind.False => [new(path, element.GetBoolean() ? "true" : "false")],
        _ => [new(path, element.ToString())],
    };

    private static string Written(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        System.Collections.IEnumerable list and not string => string.Join(",", list.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static IEnumerable<string> Sorted(Dictionary<string, string> knobs) =>
        knobs.Select(k => $"{k.Key} = {k.Value}").Order(StringComparer.Ordinal);
}
