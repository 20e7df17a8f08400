using System.Text;
using System.Text.Json;
using Gateway.Json;
using Gateway.Testing;

namespace Gateway.Tests.Json;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("1")]
    [InlineData("""{"a":"\ud83d\ude00","b":"\\ud800","c":"\u00e9 é 😀"}""")]
    [InlineData("""{"\ud83d\ude00":"\\\\"}""")]
    [InlineData("""["\uD83D\uDE00\ud83d\ude00"]""")]
    public void TryParse_Accepts_Text(string json) => Assert.True(Parses(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":"\ud800\ud800"}""")]
    [InlineData("""{"a":"\ud800\u0041"}""")]
    [InlineData("""{"a":"\\\ud800"}""")]
    [InlineData("""{"a":"\udc00\ud800"}""")]
    [InlineData("""{"a":["\uDFFF"]}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("[[[[[[[[[1]]]]]]]]]")]
    [InlineData("""{"a":"\u12"}""")]
    [InlineData("\"\\")]
    public void TryParse_Rejects_WhatWouldThrowLater(string json) => Assert.False(Parses(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void TryParse_Rejects_WhatIsNoUtf8()
    {
        Assert.False(Parses([(byte)'"', 0xED, 0xA0, 0x80, (byte)'"']));
        Assert.False(Parses([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']));
    }

    [Fact]
    public void TryParse_HostileBodies_NeverThrowAndAcceptedOnesReadToTheEnd()
    {
        var hostile = new HostileJson(1);
        var accepted = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var body = hostile.Next();
            if (!StrictJson.TryParse(body, out var document)) continue;
            using (document) Read(document.RootElement);
            accepted++;
        }

        // Else the property would say little.
        Assert.InRange(accepted, 1000, 19_000);
    }

    private static bool Parses(byte[] json)
    {
        if (!StrictJson.TryParse(json, out var document)) return false;
        using (document) Read(document.RootElement);
        return true;
    }

    private static void Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Assert.True(element.TryGetProperty(property.Name, out _));
                    Read(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var entry in element.EnumerateArray()) Read(entry);
                break;
            case JsonValueKind.String:
                Assert.NotNull(element.GetString());
                break;
            case JsonValueKind.Number:
                element.TryGetDouble(out _);
                element.TryGetInt32(out _);
                break;
        }
    }
}
