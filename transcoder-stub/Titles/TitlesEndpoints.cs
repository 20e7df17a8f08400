namespace TranscoderStub.Titles;

/// <summary>Stored titles under their own names: <c>/demo/master.m3u8</c>.</summary>
internal static class TitlesEndpoints
{
    private static readonly string[] s_reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapTitles(this WebApplication app, TitleCatalog catalog)
    {
        app.MapMethods("/{mediaId}/{**path}", s_reading, IResult (HttpContext context, string mediaId, string? path) =>
        {
            if (catalog.Find($"{mediaId}/{path}") is { } file) return MediaAnswer.Of(context, file);
            return catalog.Titles.Any(t => t.MediaId == mediaId)
                ? MediaAnswer.Missing(context, "TRANSCODER_FILE_UNKNOWN", $"Title '{mediaId}' has no such file.")
                : MediaAnswer.Missing(context, "TRANSCODER_TITLE_UNKNOWN", "There is no title of this name.");
        });
    }
}
