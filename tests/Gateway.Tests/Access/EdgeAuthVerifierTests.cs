using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gateway.Access;
using Gateway.Access.EdgeAuth;
using Gateway.Testing;

namespace Gateway.Tests.Access;

public sealed class EdgeAuthVerifierTests
{
    private const string Key = "52a152a152a152a152a152a152a152a1";

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Verify_AclToken_OpensItsFolder()
    {
        Assert.Equal(EdgeAuthVerdict.Valid, Verify(Sign($"exp={In(60)}~acl=/demo/*"), "/demo/a/b.ts"));
        Assert.Equal(EdgeAuthVerdict.WrongPath, Verify(Sign($"exp={In(60)}~acl=/demo/*"), "/other/b.ts"));
        Assert.Equal(EdgeAuthVerdict.WrongPath, Verify(Sign($"exp={In(60)}~acl=/demo/*"), "/demolition"));
        Assert.Equal(EdgeAuthVerdict.Valid, Verify(Sign($"exp={In(60)}~acl=/a/*!/demo/*"), "/demo/x"));
        Assert.Equal(EdgeAuthVerdict.Valid, Verify(Sign($"exp={In(60)}~acl=%2fdemo%2f%2a"), "/demo/x"));
        Assert.Equal(EdgeAuthVerdict.WrongPath, Verify(Sign($"exp={In(60)}"), "/demo/x"));
    }

    [Fact]
    public void Verify_EncodedAsAWhole_IsRead() => Assert.Equal(EdgeAuthVerdict.Valid, Verify(Uri.EscapeDataString(Sign($"exp={In(60)}~acl=/*")), "/x"));

    [Fact]
    public void Verify_Times_AreKept()
    {
        Assert.Equal(EdgeAuthVerdict.Expired, Verify(Sign($"exp={In(-30)}~acl=/*"), "/x"));
        Assert.Equal(EdgeAuthVerdict.Valid, Verify(Sign($"exp={In(-29)}~acl=/*"), "/x"));
        Assert.Equal(EdgeAuthVerdict.NotYetValid, Verify(Sign($"st={In(31)}~exp={In(60)}~acl=/*"), "/x"));
        Assert.Equal(EdgeAuthVerdict.Valid, Verify(Sign($"st={In(30)}~exp={In(60)}~acl=/*"), "/x"));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", EdgeAuthVerdict.Valid)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", EdgeAuthVerdict.Valid)]
    [InlineData("192.0.2.1", "192.0.2.10", EdgeAuthVerdict.WrongAddress)]
    [InlineData("2001:db8::1", "2001:db8:0::1", EdgeAuthVerdict.Valid)]
    [InlineData("nowhere", "192.0.2.1", EdgeAuthVerdict.WrongAddress)]
    internal void Verify_Address_IsCompared(string bound, string caller, EdgeAuthVerdict expected) =>
        Assert.Equal(expected, Verifier().Verify(Sign($"ip={bound}~exp={In(60)}~acl=/*"), IPAddress.Parse(caller), "/x", out _));

    [Theory]
    [InlineData("")]
    [InlineData("hmac=00")]
    [InlineData("exp=1")]
    [InlineData("exp=9999999999~acl=/*~hmac=")]
    [InlineData("exp=9999999999~acl=/*~hmac=zz")]
    [InlineData("exp=9999999999~acl=/*~hmac=00112233445566778899aabbccddeeff")]
    [InlineData("acl=/*~hmac=0011223344556677889900112233445566778899001122334455667788990011")]
    [InlineData("exp=-1~acl=/*~hmac=0011223344556677889900112233445566778899001122334455667788990011")]
    public void Verify_NoToken_IsMalformed(string text) => Assert.Equal(EdgeAuthVerdict.Malformed, Verify(text, "/x"));

    [Theory]
    [InlineData("exp=1~exp=9999999999~acl=/*")]
    [InlineData("exp=9999999999~acl=/a~acl=/*")]
    [InlineData("acl=/*")]
    [InlineData("exp=soon~acl=/*")]
    [InlineData("exp=9999999999~~acl=/*")]
    [InlineData("exp=9999999999~hmac=1~acl=/*")]
    public void Verify_SignedNonsense_IsMalformed(string fields) => Assert.Equal(EdgeAuthVerdict.Malformed, Verify(Sign(fields), "/x"));

    [Fact]
    public void Verify_EveryFlippedBit_IsRefused()
    {
        var token = Sign($"exp={In(60)}~acl=/demo/*");
        var digits = token.LastIndexOf('=') + 1;
        for (var i = 0; i < token.Length; i++)
        {
            for (var bit = 0; bit < 7; bit++)
            {
                var forged = token.ToCharArray();
                forged[i] = (char)(forged[i] ^ (1 << bit));
                // Hex digits may be written large or small.
                if (i >= digits && char.ToLowerInvariant(forged[i]) == token[i]) continue;
                Assert.NotEqual(EdgeAuthVerdict.Valid, Verify(new string(forged), "/demo/x"));
            }
        }
    }

    [Fact]
    public void Verify_WithoutKey_RefusesEverything() =>
        Assert.Equal(EdgeAuthVerdict.Malformed, new EdgeAuthVerifier(new AccessOptions(), _time).Verify(Sign($"exp={In(60)}~acl=/*", ""), null, "/x", out _));

    private long In(int seconds) => _time.GetUtcNow().ToUnixTimeSeconds() + seconds;

    private EdgeAuthVerifier Verifier() => new(new AccessOptions { EdgeAuthKey = Key, ClockSkew = TimeSpan.FromSeconds(30) }, _time);

    private EdgeAuthVerdict Verify(string token, string path) => Verifier().Verify(token, null, path, out _);

    private static string Sign(string fields, string key = Key) =>
        $"{fields}~hmac={Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromHexString(key), Encoding.UTF8.GetBytes(fields)))}";
}
