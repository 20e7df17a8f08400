using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Gateway.Tests.Manifests.Dash;

/// <summary>
/// What a player would ask for, found the slow way: a document model, System.Uri, every combination of alternative BaseURLs. Shares nothing with
/// the product, so that it can judge it.
/// </summary>
internal static partial class SlowDashResolver
{
    private static readonly string[] SegmentAttributes =
    [
        "SegmentTemplate/media", "SegmentTemplate/initialization", "SegmentTemplate/index", "SegmentTemplate/bitstreamSwitching",
        "SegmentURL/media", "SegmentURL/index", "Initialization/sourceURL", "RepresentationIndex/sourceURL", "BitstreamSwitching/sourceURL",
        "InitializationSet/initialization", "AdaptationSet/initializationPrincipal",
    ];

    private static readonly string[] DocumentText = ["Location", "PatchLocation", "ContentSteering", "ImportedMPD"];

    /// <summary>All URLs of a document in a fixed order, as a player that got it from <paramref name="documentUrl"/> resolves them.</summary>
    public static List<string> Urls(XDocument document, Uri documentUrl)
    {
        var urls = new List<string>();
        Walk(document.Root!, [new Uri(documentUrl, ".")], documentUrl, urls);
        return urls;
    }

    private static void Walk(XElement element, Uri[] bases, Uri documentUrl, List<string> urls)
    {
        var name = element.Name.LocalName;
        if (name is "MPD" or "Period" or "AdaptationSet" or "Representation")
        {
            var own = Children(element, "BaseURL").Select(b => b.Value.Trim()).Where(b => b.Length > 0).ToArray();
            if (own.Length > 0) bases = [.. own.SelectMany(b => bases.Select(up => Resolve(up, b))).OfType<Uri>()];
        }

        if (name == "Representation")
        {
            foreach (var at in bases) urls.Add("base " + at.AbsoluteUri);
            foreach (var level in element.AncestorsAndSelf())
            {
                foreach (var value in SegmentReferences(level))
                {
                    var filled = Filled(value, element);
                    foreach (var at in bases) urls.Add("segment " + Text(Resolve(at, filled), filled));
                }
            }
        }

        if (DocumentText.Contains(name) && element.Value.Trim().Length > 0) urls.Add(name + " " + Text(Resolve(documentUrl, element.Value.Trim()), element.Value.Trim()));
        if (element.Attributes().FirstOrDefault(a => a.Name.LocalName == "href") is { } href) urls.Add("href " + Text(Resolve(documentUrl, href.Value), href.Value));
        if (name == "UTCTiming" && ((string?)element.Attribute("schemeIdUri"))?.Contains(":http-", StringComparison.Ordinal) == true)
        {
            foreach (var item in ((string?)element.Attribute("value") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                urls.Add("clock " + Text(Resolve(documentUrl, item), item));
            }
        }

        foreach (var child in element.Elements()) Walk(child, bases, documentUrl, urls);
    }

    private static IEnumerable<string> SegmentReferences(XElement level)
    {
        if (level.Name.LocalName is "AdaptationSet" or "InitializationSet" && References(level).ToArray() is { Length: > 0 } own)
        {
            foreach (var value in own) yield return value;
        }

        foreach (var child in level.Elements().Where(c => c.Name.LocalName is "SegmentTemplate" or "SegmentList" or "SegmentBase" or "InitializationSet"))
        {
            foreach (var element in child.DescendantsAndSelf())
            {
                foreach (var value in References(element)) yield return value;
            }
        }
    }

    private static IEnumerable<string> References(XElement element) => element.Attributes()
        .Where(a => a.Name.NamespaceName.Length == 0 && SegmentAttributes.Contains(element.Name.LocalName + "/" + a.Name.LocalName))
        .Select(a => a.Value);

    private static IEnumerable<XElement> Children(XElement element, string name) => element.Elements().Where(e => e.Name.LocalName == name);

    private static string Text(Uri? url, string spelled) => url is null ? "opaque " + spelled : url.AbsoluteUri;

    private static Uri? Resolve(Uri at, string reference) => Uri.TryCreate(at, reference, out var url) && url.Scheme is "http" or "https" ? url : null;

    /// <summary>A template as the player of a Representation fills it in, so that what is left is a plain URL.</summary>
    private static string Filled(string template, XElement representation) => Placeholder().Replace(template, match =>
    {
        var width = match.Groups["width"].Value;
        var value = match.Groups["name"].Value switch
        {
            "RepresentationID" => (string?)representation.Attribute("id") ?? "",
            "Bandwidth" => (string?)representation.Attribute("bandwidth") ?? "0",
            "Number" or "Time" or "SubNumber" => "7",
            "" => "$",
            _ => match.Value,
        };
        return width.Length == 0 ? value : value.PadLeft(int.Parse(width, System.Globalization.CultureInfo.InvariantCulture), '0');
    });

    [GeneratedRegex(@"\$(?<name>[A-Za-z]*)(%0(?<width>\d{1,2})[diouxX])?\$", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
