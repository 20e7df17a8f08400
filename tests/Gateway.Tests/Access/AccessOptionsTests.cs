using System.ComponentModel.DataAnnotations;
using Gateway.Access;

namespace Gateway.Tests.Access;

public sealed class AccessOptionsTests
{
    private const string GoodKey = "k1:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public void Validate_Defaults_IsAccepted() => Assert.Empty(Faults(new AccessOptions()));

    [Fact]
    public void Validate_TokenModeWithoutAnyCredentialKey_IsRejected()
    {
        Assert.Contains("no credential", Assert.Single(Faults(new AccessOptions { Mode = AccessMode.Token })));
        Assert.Single(Faults(new AccessOptions { Mode = AccessMode.Token, TicketKeys = [GoodKey] }));
        Assert.Empty(Faults(new AccessOptions { Mode = AccessMode.Token, EdgeAuthKey = "00112233445566778899aabbccddeeff" }));
        Assert.Empty(Faults(new AccessOptions { Mode = AccessMode.Token, Jwks = "https://id.example/jwks.json" }));
    }

    [Fact]
    public void Validate_MalformedSecrets_AreRejectedWithoutRepeatingThem()
    {
        var faults = Faults(new AccessOptions { TicketKeys = [GoodKey, "k2:secret-that-is-short", GoodKey], EdgeAuthKey = "not-hex-not-hex" });
        Assert.Equal(3, faults.Count);
        Assert.DoesNotContain(faults, f => f.Contains("secret-that-is-short", StringComparison.Ordinal) || f.Contains("not-hex", StringComparison.Ordinal) || f.Contains("0011", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_KeySetFileMissingOrMalformed_IsRejected()
    {
        Assert.Contains("cannot be read", Assert.Single(Faults(new AccessOptions { Jwks = "/nowhere/jwks.json" })));
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"keys":[{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"}]}""");
            Assert.Contains("2048", Assert.Single(Faults(new AccessOptions { Jwks = file })));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Validate_HardLimitBelowLifetime_IsRejected() =>
        Assert.Single(Faults(new AccessOptions { TicketLifetime = TimeSpan.FromHours(2), TicketHardLimit = TimeSpan.FromHours(1) }));

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("::1", true)]
    [InlineData("balancer", false)]
    [InlineData("10.0.0.0/99", false)]
    [InlineData("", false)]
    public void Validate_TrustedProxies_AreAddressesOrNetworks(string proxy, bool good) => Assert.Equal(good, Faults(new AccessOptions { TrustedProxies = [proxy] }).Count == 0);

    private static List<string> Faults(AccessOptions options) => [.. options.Validate(new ValidationContext(options)).Select(r => r.ErrorMessage!)];
}
