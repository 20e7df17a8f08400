using System.Net;
using Gateway.Sessions.Registry;

namespace Gateway.Tests.Sessions.Registry;

/// <summary>Names of clients' addresses.</summary>
public sealed class AddressNamesTests
{
    [Fact]
    public void NameOf_AnAddress_IsItsDigest()
    {
        // Sessions of another gateway, or of an earlier version, are found by it.
        Assert.Equal("063122a6795567b9", AddressNames.NameOf(IPAddress.Parse("203.0.113.7")));
        Assert.Equal("203.0.113.7", AddressNames.TextOf(IPAddress.Parse("203.0.113.7")));
        Assert.Equal(string.Empty, AddressNames.TextOf(null));
    }

    [Fact]
    public void NameOf_MoreAddressesThanAreKept_NeverMixesThem()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 5_000; i++)
            {
                var address = new IPAddress([10, 0, (byte)(i >> 8), (byte)i]);
                names.Add(AddressNames.NameOf(address));
                Assert.Equal(address.ToString(), AddressNames.TextOf(address));
            }
        }

        Assert.Equal(5_000, names.Count);
    }
}
