using System.Text;
using Gateway.Media;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>An MPD, Period, AdaptationSet or Representation while the document is read.</summary>
internal sealed class MpdLevel(DashElement kind, MpdLevel? parent, Dictionary<string, string> attributes)
{
    public DashElement Kind => kind;

    public MpdLevel? Parent => parent;

    /// <summary>Attributes without a prefix.</summary>
    public Dictionary<string, string> Attributes => attributes;

    public List<MpdLevel> Children { get; } = [];

    /// <summary>BaseURLs of one level that are followed, and bases of one Representation in all.</summary>
    public const int MaxBases = 8;

    /// <summary>Its BaseURLs: the same content at several places.</summary>
    public List<Alternative> BaseUrls { get; } = [];

    /// <summary>PatchLocations that are followed.</summary>
    public const int MaxPatchLocations = 4;

    /// <summary>Of the MPD, the texts of its PatchLocations.</summary>
    public List<string> PatchLocations { get; } = [];

    public bool IsTrickPlay { get; set; }

    public MpdSegments? SegmentBase { get; set; }

    public MpdSegments? SegmentList { get; set; }

    public MpdSegments? SegmentTemplate { get; set; }

    /// <summary>An attribute of this level or the nearest one above that has it, up to the AdaptationSet.</summary>
    public string? Inherited(string name) =>
        attributes.TryGetValue(name, out var value) ? value : kind == DashElement.Representation ? parent?.Inherited(name) : null;

    /// <summary>
    /// What relative references at this level are resolved against, one for each combination of BaseURLs; those that are no http(s) URLs are null. Without any BaseURL it is
    /// the document.
    /// </summary>
    public List<Base> Bases(Uri document)
    {
        List<Base> above = parent is null ? [new Base(document, TimeSpan.Zero)] : parent.Bases(document);
        if (BaseUrls.Count == 0) return above;
        var found = new List<Base>();
        foreach (var own in BaseUrls)
        {
            foreach (var (at, early) in above)
            {
                if (found.Count == MaxBases) return found;
                found.Add(new Base(at is null ? null : Resolve(at, own.Url), early + MpdSegments.ParseEarly(own.Early)));
            }
        }

        return found;
    }

    private static Uri? Resolve(Uri above, string text)
    {
        if (text.Length > DashLimits.UrlLength || !UrlReference.TryResolve(above, ReferenceSpelling.TextOf(Encoding.UTF8.GetBytes(text)), out var url)) return null;
        return url.AbsoluteUri.Length <= DashLimits.UrlLength ? url : null;
    }

    /// <summary>A BaseURL.</summary>
    /// <param name="Url">Its text.</param>
    /// <param name="Early">Its @availabilityTimeOffset.</param>
    internal readonly record struct Alternative(string Url, string? Early);

    /// <summary>A base of a Representation.</summary>
    /// <param name="Url">Null for what is no http(s) URL.</param>
    /// <param name="Early">Sum of the availability time offsets; null for "INF".</param>
    internal readonly record struct Base(Uri? Url, TimeSpan? Early);
}
