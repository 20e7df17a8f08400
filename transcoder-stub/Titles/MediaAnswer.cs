using Microsoft.AspNetCore.Http.HttpResults;

namespace TranscoderStub.Titles;

/// <summary>Turns media into HTTP: ranges, conditions and HEAD are the platform's, lifetimes are the file's.</summary>
internal static class MediaAnswer
{
    public static FileContentHttpResult Of(HttpContext context, MediaFile file)
    {
        context.Response.Headers.CacheControl = file.CacheControl;
        return TypedResults.Bytes(file.Bytes, file.MediaType, enableRangeProcessing: true, lastModified: file.LastModified, entityTag: file.ETag);
    }

    /// <summary>What is not there may be there soon (live), so no cache may remember that it was missing.</summary>
    public static ProblemHttpResult Missing(HttpContext context, string code, string detail, int status = StatusCodes.Status404NotFound)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Problem(detail, statusCode: status, extensions: [new("code", code)]);
    }
}
