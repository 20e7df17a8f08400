using System.Text;
using Gateway.Access.Jwt;

namespace Gateway.Tests.Access;

public sealed class JwkSetTests
{
    private const string Secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":\"none\"}")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[7]}")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg\"}]}")]
    [InlineData("{\"kty\":\"oct\"}")]
    [InlineData("{\"kty\":\"oct\",\"alg\":\"RS256\",\"k\":\"" + Secret + "\"}")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"" + Secret + "\"},{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"" + Secret + "\"}]}")]
    public void TryRead_MalformedOrUselessSet_IsRejected(string json) => Assert.False(TryRead(json, out _));

    [Theory]
    [InlineData("{\"kty\":\"oct\",\"k\":\"" + Secret + "\"}", 1)]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"" + Secret + "\"},{\"kty\":\"oct\",\"kid\":\"b\",\"k\":\"" + Secret + "\"}]}", 2)]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"" + Secret + "\"},{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}]}", 1)]
    public void TryRead_UsableKeys_AreCounted(string json, int count)
    {
        Assert.True(TryRead(json, out var set));
        Assert.Equal(count, set.Count);
        Assert.True(set.HasSecrets);
    }

    [Theory]
    [InlineData("\"use\":\"enc\"", false)]
    [InlineData("\"use\":7", false)]
    [InlineData("\"use\":\"sig\"", true)]
    [InlineData("\"key_ops\":[\"sign\"]", false)]
    [InlineData("\"key_ops\":\"verify\"", false)]
    [InlineData("\"key_ops\":{}", false)]
    [InlineData("\"key_ops\":[7,\"verify\"]", true)]
    public void Key_ForAnotherPurpose_IsLeftOut(string purpose, bool isKept) =>
        Assert.Equal(isKept, TryRead("{\"kty\":\"oct\",\"k\":\"" + Secret + "\"," + purpose + "}", out _));

    [Theory]
    [InlineData(JwkSet.MaxKeys, true)]
    [InlineData(JwkSet.MaxKeys + 1, false)]
    public void Set_OfManyKeys_IsBounded(int count, bool expected)
    {
        var keys = string.Join(',', Enumerable.Range(0, count).Select(_ => "{\"kty\":\"oct\",\"k\":\"" + Secret + "\"}"));
        Assert.Equal(expected, TryRead("{\"keys\":[" + keys + "]}", out _));
    }

    private static bool TryRead(string json, out JwkSet set) => JwkSet.TryRead(Encoding.UTF8.GetBytes(json), out set, out _);
}
