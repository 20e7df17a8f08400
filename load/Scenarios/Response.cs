using System.Globalization;
using System.Net;

namespace Gateway.Load.Scenarios;

/// <summary>How a step ended, in NBomber's form.</summary>
/// <param name="IsError">Whether it counts as failed.</param>
/// <param name="StatusCode">HTTP status or a word; the report counts by it.</param>
/// <param name="SizeBytes">Body bytes.</param>
internal readonly record struct Response(bool IsError, string StatusCode, long SizeBytes)
{
    public static Response Ok(string statusCode = "ok", long sizeBytes = 0) => new(IsError: false, statusCode, sizeBytes);

    public static Response Fail(string statusCode = "failed", long sizeBytes = 0) => new(IsError: true, statusCode, sizeBytes);

    /// <summary>By HTTP status: 2xx and 3xx are good.</summary>
    public static Response Of(HttpStatusCode status, long sizeBytes) =>
        new((int)status is < 200 or >= 400, ((int)status).ToString(CultureInfo.InvariantCulture), sizeBytes);
}
