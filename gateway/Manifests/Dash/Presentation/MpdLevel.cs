using System.Text;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>An MPD, Period, AdaptationSet or Representation while the document is read.</summary>
internal sealed class MpdLevel(DashElement kind, MpdLevel? parent, Dictionary<string, string> attributes)
{
    public DashElement Kind => kind;

    public MpdLevel? Parent => parent;

    /// <summary>Attributes without a prefix.</summary>
    public Dictionary<string, string> Attributes => attributes;

    public List<MpdLevel> Children { get; } = [];

    /// <summary>The first of its BaseURLs; null without.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>BaseURL@availabilityTimeOffset.</summary>
    public string? BaseEarly { get; set; }

    public bool IsTrickPlay { get; set; }

    public MpdSegments? SegmentBase { get; set; }

    public MpdSegments? SegmentList { get; set; }

    public MpdSegments? SegmentTemplate { get; set; }

    /// <summary>An attribute of this level or the nearest one above that has it, up to the AdaptationSet.</summary>
    public string? Inherited(string name) =>
        attributes.TryGetValue(name, out var value) ? value : kind == DashElement.Representation ? parent?.Inherited(name) : null;

    /// <summary>What relative references at this level are resolved against; null when that is no http(s) URL.</summary>
    public Uri? Base(Uri document)
    {
        var above = parent is null ? document : parent.Base(document);
        if (BaseUrl is null || above is null) return above;
        if (BaseUrl.Length > DashLimits.UrlLength || !Uri.TryCreate(above, ReferenceSpelling.TextOf(Encoding.UTF8.GetBytes(BaseUrl)), out var url)) return null;
        return url.Scheme is "http" or "https" && url.AbsoluteUri.Length <= DashLimits.UrlLength ? url : null;
    }

    /// <summary>Sum of the availability time offsets of the BaseURLs; null for "INF".</summary>
    public TimeSpan? Early()
    {
        var above = parent is null ? TimeSpan.Zero : parent.Early();
        return above + MpdSegments.ParseEarly(BaseEarly);
    }
}
