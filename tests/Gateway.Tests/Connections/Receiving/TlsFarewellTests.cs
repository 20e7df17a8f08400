using Gateway.Connections.Receiving;

namespace Gateway.Tests.Connections.Receiving;

public sealed class TlsFarewellTests
{
    private const string Alert = "1503030012";
    private const string Hidden = "1703030013";
    private const string Zeros = "00000000000000000000000000000000000000";

    [Theory]
    [InlineData("", true)]
    [InlineData("15030300020100", true)]
    [InlineData(Hidden + Zeros, true)]
    [InlineData(Alert + "000000000000000000000000000000000000" + Hidden + Zeros, true)]
    [InlineData(Hidden + "00", false)]
    [InlineData("170303001400" + Zeros, false)]
    [InlineData(Hidden + Zeros + "1703", false)]
    [InlineData("1603030001" + "00", false)]
    [InlineData("1503", false)]
    public void Records_AllKinds_AreAFarewellOrNot(string bytes, bool isFarewell) => Assert.Equal(isFarewell, TlsFarewell.IsAllOf(Convert.FromHexString(bytes)));
}
