using System.Text;
using System.Text.Json;
using Gateway.Sessions.Api;

namespace Gateway.Tests.Sessions.Api;

public sealed class ClientReportsTests
{
    [Theory]
    [InlineData("""{"event":"a"}""", 1)]
    [InlineData("""[{"event":"a"},{"event":"b","x":1}]""", 2)]
    [InlineData("[]", 0)]
    [InlineData("{\"event\":\"a\"}\n{\"event\":\"b\"}\n", 2)]
    [InlineData("{\"event\":\"a\"}\r\n\r\n{\"event\":\"b\"}", 2)]
    public void TryRead_ObjectArrayOrLines_AcceptsWellFormedEvents(string text, int count) => Assert.Equal(count, Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("""{"event":1}""")]
    [InlineData("""{"event":""}""")]
    [InlineData("""{"event":"a\u0000"}""")]
    [InlineData("""{"event":"\ud800"}""")]
    [InlineData("""{"event":"x","n":"\ud800"}""")]
    [InlineData("""{"event":"x","\ud800":1}""")]
    [InlineData("""{"event":"session.end"}""")]
    [InlineData("""{"event":"Rollout.Reverted"}""")]
    [InlineData("""{"event":"operator.action"}""")]
    [InlineData("""[{"event":"x"},{"event":"segment.fetch"}]""")]
    [InlineData("""{"event":"a","event":"b"}""")]
    [InlineData("{\"event\":\"a\"}\nnonsense")]
    [InlineData("{\"event\":\"a\"}\n{}")]
    [InlineData("""{"event":"a","x":[[[[[[[[[[1]]]]]]]]]]}""")]
    public void TryRead_Anything_ElseIsRefused(string text) => Assert.Equal(-1, Read(text));

    [Fact]
    public void TryRead_NamesCountsAndSizes_AreLimited()
    {
        Assert.Equal(1, Read($$"""{"event":"{{new string('n', 128)}}"}"""));
        Assert.Equal(-1, Read($$"""{"event":"{{new string('n', 129)}}"}"""));
        Assert.Equal(256, Read($"[{string.Join(',', Enumerable.Repeat("""{"event":"a"}""", 256))}]"));
        Assert.Equal(-1, Read($"[{string.Join(',', Enumerable.Repeat("""{"event":"a"}""", 257))}]"));
    }

    private static int Read(string text)
    {
        var documents = new List<JsonDocument>();
        var reports = new List<(string Name, JsonElement Body)>();
        var good = ClientReports.TryRead(Encoding.UTF8.GetBytes(text), documents, reports, out var error);
        documents.ForEach(d => d.Dispose());
        if (!good) Assert.NotEmpty(error.Error);
        return good ? reports.Count : -1;
    }
}
