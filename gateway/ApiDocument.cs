using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Gateway;

/// <summary>
/// <c>GET /openapi/v1.json</c>. The document is written by hand and comes first: bodies are read field by field, and media have no endpoints, so a generator
/// would see neither. Tests hold it to the routes, the replies and the problems that are really there.
/// </summary>
internal static class ApiDocument
{
    public const string Path = "/openapi/v1.json";

    public static void MapApiDocument(this WebApplication app)
    {
        using var resource = typeof(ApiDocument).Assembly.GetManifestResourceStream("Gateway.openapi.json")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
        app.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], () => TypedResults.Bytes(bytes, "application/json", entityTag: tag));
    }
}
