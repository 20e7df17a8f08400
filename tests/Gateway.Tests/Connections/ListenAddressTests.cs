using Gateway.Connections;

namespace Gateway.Tests.Connections;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0:8080")]
    [InlineData("192.168.1.20:80", "192.168.1.20:80")]
    [InlineData("localhost", "127.0.0.1:8080")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("::", "[::]:8080")]
    [InlineData("[::1]:9000", "[::1]:9000")]
    public void TryRead_AnAddress_HasItWithThePort(string text, string expected)
    {
        Assert.True(ListenAddress.TryRead(text, ListenAddress.DefaultPort, out var address));
        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("8080")]
    [InlineData("300.1.1.1")]
    [InlineData("10.0.0.1:99999")]
    [InlineData("10.0.0.1:")]
    [InlineData("http://10.0.0.1")]
    [InlineData("living-room")]
    [InlineData("localhosts")]
    public void TryRead_SomethingElse_IsRefused(string text) => Assert.False(ListenAddress.TryRead(text, ListenAddress.DefaultPort, out _));

    [Theory]
    [InlineData("http://0.0.0.0:8080", true)]
    [InlineData("http://127.0.0.1:8080;http://192.168.1.20:8080", true)]
    [InlineData("http://*:8080", true)]
    [InlineData("http://[::]:8080", true)]
    [InlineData("http://localhost:5000;http://127.0.0.1:8080;http://[::1]:1", false)]
    [InlineData("eighty", false)]
    [InlineData(null, false)]
    public void IsBeyondThisMachine_Urls_TellsWhetherOthersGetIn(string? urls, bool expected) => Assert.Equal(expected, ListenAddress.IsBeyondThisMachine(urls));
}
