using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace Gateway.Tests.Docs;

/// <summary>Summaries of an assembly's types and properties, from the documentation file that the compiler lays beside it, in Markdown.</summary>
/// <param name="assembly">An assembly built with a documentation file.</param>
/// <param name="nameOf">What a property is called where it is referred to; null leaves its own name.</param>
internal sealed class XmlComments(Assembly assembly, Func<string, string?> nameOf)
{
    private readonly Dictionary<string, XElement> _members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(m => m.Attribute("name")!.Value, m => m, StringComparer.Ordinal);

    /// <returns>The summary in one line; empty when there is none.</returns>
    public string SummaryOf(Type type) => SummaryOf($"T:{type.FullName}");

    /// <returns>The summary in one line; empty when there is none.</returns>
    public string SummaryOf(PropertyInfo property) => SummaryOf($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string SummaryOf(string member)
    {
        if (!_members.TryGetValue(member, out var found) || found.Element("summary") is not { } summary) return "";
        var text = new StringBuilder();
        Write(summary, text);
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private void Write(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XText words:
                    text.Append(words.Value);
                    break;
                case XElement { Name.LocalName: "c" } code:
                    text.Append('`').Append(code.Value).Append('`');
                    break;
                case XElement { Name.LocalName: "see" } see:
                    text.Append('`').Append(Named(see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? see.Value)).Append('`');
                    break;
                case XElement { Name.LocalName: "para" } paragraph:
                    text.Append(' ');
                    Write(paragraph, text);
                    break;
                case XElement other:
                    Write(other, text);
                    break;
                default:
                    break;
            }
        }
    }

    private string Named(string reference) => nameOf(reference) ?? reference[(reference.LastIndexOf('.') + 1)..];
}
