using Microsoft.AspNetCore.Http.HttpResults;

namespace TranscoderStub.Titles;

/// <summary>Turns media into HTTP: ranges, conditions and HEAD are the platform's, lifetimes are the file's.</summary>
internal static class MediaAnswer
{
    public static IResult Of(HttpContext context, MediaFile file) => Of(context, file, file.Body.TryOpen());

    /// <param name="context">The request.</param>
    /// <param name="file">What is answered.</param>
    /// <param name="body">Its bytes, disposed here; null where they cannot be read.</param>
    public static IResult Of(HttpContext context, MediaFile file, Stream? body)
    {
        if (body is null) return Missing(context, "TRANSCODER_FILE_CHANGED", "The file has been changed or removed since the start.", StatusCodes.Status500InternalServerError);

        // Copied by the platform in pieces of 64 KiB and disposed at the end, also when the client leaves.
        context.Response.Headers.CacheControl = file.CacheControl;
        return TypedResults.Stream(body, file.MediaType, lastModified: file.LastModified, entityTag: file.ETag, enableRangeProcessing: MayBePart(context.Request, file.LastModified));
    }

    // The platform takes any later date for a match, and every date where the file has none; only the very date is one (RFC 9110 section 13.1.5).
    private static bool MayBePart(HttpRequest request, DateTimeOffset? modified) =>
        request.Headers.IfRange.Count == 0 || request.GetTypedHeaders().IfRange is not { LastModified: { } date } || date.ToUnixTimeSeconds() == modified?.ToUnixTimeSeconds();

    /// <summary>What is not there may be there soon (live), so no cache may remember that it was missing.</summary>
    public static ProblemHttpResult Missing(HttpContext context, string code, string detail, int status = StatusCodes.Status404NotFound)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Problem(detail, statusCode: status, extensions: [new("code", code)]);
    }
}
