using System.Net;
using Gateway.Access;

namespace Gateway.Tests.Access;

public sealed class ClientNetworkTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::")]
    [InlineData("fe80::1%3", "fe80::")]
    [InlineData("::1", "::")]
    public void Of_Address_IsWhatAClientHas(string address, string network) => Assert.Equal(network, ClientNetwork.Of(IPAddress.Parse(address)));

    [Fact]
    public void Of_NoAddress_IsOneNetwork() => Assert.Equal("", ClientNetwork.Of(null));
}
