using System.Globalization;
using Gateway.Timelines;

namespace Gateway.Manifests.Dash.Presentation;

/// <summary>Builds the ladder of an MPD, in the form that HLS and DASH share.</summary>
internal static class DashLadder
{
    /// <summary>Takes the first Period that has video, else the first: the ladder of a presentation does not change with its ads.</summary>
    public static VariantLadder Of(List<DashRepresentation> representations)
    {
        if (representations.Count == 0) return VariantLadder.Empty;
        var period = (representations.Find(r => r.ContentType == "video" && !r.IsTrickPlay) ?? representations[0]).Period;
        var all = representations.Where(r => r.Period == period).ToList();
        var hasVideo = all.Exists(r => r.ContentType == "video");
        var main = hasVideo ? "video" : all.Exists(r => r.ContentType == "audio") ? "audio" : all[0].ContentType;
        var audio = hasVideo ? all.Find(r => r.ContentType == "audio") : null;
        var variants = all.Where(r => r.ContentType == main).Select(r => new Variant
        {
            Id = r.Id,
            Bandwidth = r.Bandwidth,
            Width = r.Width,
            Height = r.Height,
            FrameRate = r.FrameRate,
            Codecs = r.Codecs,
            AudioGroup = audio is null ? "" : GroupOf(audio),
            TrickPlay = r.IsTrickPlay,
            AudioOnly = main == "audio",
        });
        var beside = all.Where(r => r.ContentType != main && KindOf(r.ContentType) is not null).DistinctBy(r => r.Set).Select(r => new Rendition
        {
            Kind = KindOf(r.ContentType)!.Value,
            Group = GroupOf(r),
            Name = r.SetId.Length > 0 ? r.SetId : r.Id,
            Language = r.Language,
        });
        return new VariantLadder([.. variants], [.. beside]);
    }

    /// <summary>A Representation as a rung; null for what is none.</summary>
    public static Variant? RungOf(DashRepresentation representation) => representation.ContentType != "video" ? null : new Variant
    {
        Id = representation.Id,
        Bandwidth = representation.Bandwidth,
        Width = representation.Width,
        Height = representation.Height,
        FrameRate = representation.FrameRate,
        Codecs = representation.Codecs,
        TrickPlay = representation.IsTrickPlay,
    };

    /// <summary>Kind of media of a Representation. Subtitles in MP4 have the type "application/mp4", so that only their codec tells.</summary>
    public static string ContentTypeOf(string? declared, string mime, string codecs)
    {
        if (!string.IsNullOrEmpty(declared)) return declared;
        if (codecs.StartsWith("stpp", StringComparison.Ordinal) || codecs.StartsWith("wvtt", StringComparison.Ordinal)) return "text";
        var slash = mime.IndexOf('/', StringComparison.Ordinal);
        var type = slash < 0 ? mime : mime[..slash];
        return type == "application" && mime.EndsWith("ttml+xml", StringComparison.Ordinal) ? "text" : type;
    }

    /// <summary>Reads "30" or "30000/1001".</summary>
    public static double? ParseFrameRate(string? text)
    {
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var whole = slash < 0 ? text : text![..slash];
        if (!double.TryParse(whole, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)) return null;
        if (slash < 0) return rate;
        return double.TryParse(text.AsSpan(slash + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var per) && per > 0 ? rate / per : null;
    }

    public static RenditionKind? KindOf(string contentType) => contentType switch
    {
        "audio" => RenditionKind.Audio,
        "video" => RenditionKind.Video,
        "text" => RenditionKind.Subtitles,
        _ => null,
    };

    /// <summary>All AdaptationSets of a type are alternatives of each other; they share the group that the variants name.</summary>
    private static string GroupOf(DashRepresentation representation) => representation.ContentType;
}
