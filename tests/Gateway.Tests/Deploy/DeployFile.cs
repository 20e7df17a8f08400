using System.Text.RegularExpressions;
using Gateway.Testing;
using YamlDotNet.RepresentationModel;

namespace Gateway.Tests.Deploy;

/// <summary>Files below <c>deploy</c>, read as those programs read them that they are for.</summary>
internal static partial class DeployFile
{
    /// <summary>What the scripts that make secrets would put in: 32 bytes in hex.</summary>
    private static readonly string Secret = new('a', 64);

    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy");

    public static string Text(string path) => File.ReadAllText(Path.Combine(Folder, path));

    /// <summary>The documents of a YAML file; compose's variables have their defaults, and secrets where they have none.</summary>
    public static YamlNode[] Documents(string path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Variable().Replace(Text(path), m => m.Groups["form"].Value == ":-" ? m.Groups["default"].Value : Secret)));
        return [.. stream.Documents.Select(d => d.RootNode)];
    }

    /// <summary>Lines <c>NAME=value</c>, without comments.</summary>
    public static IEnumerable<(string Name, string Value)> Variables(string path) =>
        from line in File.ReadLines(Path.Combine(Folder, path)) where line.Length > 0 && line[0] != '#' select line.Split('=', 2) into pair select (pair[0], pair[1]);

    /// <summary>A node below another one: names of mappings and numbers of sequences, with slashes; null where there is none.</summary>
    public static YamlNode? At(this YamlNode node, string path)
    {
        YamlNode? found = node;
        foreach (var name in path.Split('/'))
        {
            found = found switch
            {
                YamlMappingNode mapping => mapping.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child
                    : mapping.Children.TryGetValue(new YamlScalarNode("<<"), out var merged) ? merged.At(name) : null,
                YamlSequenceNode sequence when int.TryParse(name, out var index) && index < sequence.Children.Count => sequence[index],
                _ => null,
            };
        }

        return found;
    }

    public static string? TextAt(this YamlNode node, string path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IEnumerable<YamlNode> ListAt(this YamlNode node, string path) => node.At(path) as YamlSequenceNode ?? [];

    /// <summary>The entries of a mapping, with those that it merges.</summary>
    public static IEnumerable<(string Name, YamlNode Value)> MapAt(this YamlNode node, string path) => node.At(path) is YamlMappingNode mapping ? Entries(mapping) : [];

    private static IEnumerable<(string Name, YamlNode Value)> Entries(YamlMappingNode mapping) =>
        from pair in mapping.Children
        let name = ((YamlScalarNode)pair.Key).Value!
        from entry in name == "<<" ? Entries((YamlMappingNode)pair.Value).Where(e => !mapping.Children.ContainsKey(new YamlScalarNode(e.Name))) : [(name, pair.Value)]
        select entry;

    [GeneratedRegex(@"\$\{\w+(?<form>:-|:\?)(?<default>[^}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
