using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gateway.Configuration;
using Gateway.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Docs;

/// <summary><c>gateway/appsettings.json</c>: its section <c>Gateway</c> shows every knob with the default of the options class; the rest is as it was written by hand.</summary>
internal static class AppSettings
{
    public const string File = "gateway/appsettings.json";

    private static readonly JsonSerializerOptions AsWritten = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Text()
    {
        using var app = Gateway.Program.Build([]);
        var sections = app.Services.GetServices<OptionsSection>().ToDictionary(s => s.Path[(OptionsSection.Root.Length + 1)..], StringComparer.Ordinal);
        var settings = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(Repository.Root, File)))!.AsObject();
        // Sections keep the order that somebody gave them; new ones come last.
        var order = (settings[OptionsSection.Root]?.AsObject().Select(p => p.Key) ?? []).Where(sections.ContainsKey).Union(sections.Keys, StringComparer.Ordinal);
        settings[OptionsSection.Root] = new JsonObject(order.Select(name => KeyValuePair.Create(name, (JsonNode?)Defaults(sections[name].OptionsType))));
        return settings.ToJsonString(AsWritten) + "\n";
    }

    private static JsonObject Defaults(Type options)
    {
        var defaults = Activator.CreateInstance(options)!;
        return new JsonObject(options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite)
            .Select(p => KeyValuePair.Create(p.Name, JsonSerializer.SerializeToNode(p.GetValue(defaults) ?? "", AsWritten))));
    }
}
