using System.Net;
using System.Text.Json;
using Gateway.Access;
using Gateway.Access.EdgeAuth;
using Gateway.Access.Jwt;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Access;

/// <summary>Tokens made by other people's libraries: <c>jose</c> and <c>akamai-edgeauth</c> from npm.</summary>
public sealed class ForeignTokenTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Tokens_OfOtherLibraries_EndAsTheirMakersMeant()
    {
        using var made = await MakeTokens();
        var root = made.RootElement;
        var options = new AccessOptions
        {
            Jwks = "npm",
            Issuer = "https://id.example",
            Audience = "tv",
            EdgeAuthKey = root.GetProperty("edgeKey").GetString()!,
        };
        var jwks = JsonSerializer.SerializeToUtf8Bytes(root.GetProperty("jwks"));
        using var refresher = new JwkRefresher(_ => Task.FromResult(jwks), options, TimeProvider.System, NullLogger<JwkRefresher>.Instance);
        Assert.True(await refresher.RefreshAsync());
        var verifier = new JwtVerifier(options, refresher, TimeProvider.System);
        foreach (var jwt in root.GetProperty("jwts").EnumerateArray())
        {
            var (verdict, _) = await verifier.VerifyAsync(jwt.GetProperty("token").GetString()!, "", TestContext.Current.CancellationToken);
            Assert.True(jwt.GetProperty("valid").GetBoolean() == (verdict == JwtVerdict.Valid), $"{jwt.GetProperty("name")}: {verdict}");
        }

        var edgeTokens = new EdgeAuthVerifier(options, TimeProvider.System);
        foreach (var edge in root.GetProperty("edge").EnumerateArray())
        {
            var verdict = edgeTokens.Verify(edge.GetProperty("token").GetString()!, IPAddress.Parse("192.0.2.1"), edge.GetProperty("path").GetString(), out _);
            Assert.True(edge.GetProperty("verdict").GetString() == verdict.ToString(), $"{edge.GetProperty("name")}: {verdict}");
        }
    }

    private static async Task<JsonDocument> MakeTokens()
    {
        var source = Path.Combine(Repository.Root, "tests", "Gateway.Tests", "Access", "ForeignTokens");
        var folder = Directory.CreateTempSubdirectory("foreign-tokens-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            var installed = await ForeignProgram.RunAsync(folder, Deadline, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
            Assert.SkipWhen(installed is not { ExitCode: 0 }, "npm is missing, or the packages jose and akamai-edgeauth could not be installed.");
            var tokens = await ForeignProgram.RunAsync(folder, Deadline, "node", "tokens.mjs");
            Assert.True(tokens is { ExitCode: 0 }, tokens?.Errors);
            return JsonDocument.Parse(tokens!.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
