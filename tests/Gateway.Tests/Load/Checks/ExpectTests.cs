using System.Collections.Frozen;
using System.Text;
using Gateway.Load.Checks;

namespace Gateway.Tests.Load.Checks;

public sealed class ExpectTests
{
    private const string Page = "https://player.example";

    [Fact]
    public void Problem_WithItsCode_IsWhatIsExpected() =>
        Assert.Null(Expect.Problem(Of(404, """{"status":404,"code":"STREAMING_ASSET_NOT_FOUND"}""", ("Content-Type", "application/problem+json")), 404, "STREAMING_ASSET_NOT_FOUND"));

    [Theory]
    [InlineData(404, "text/html", "<p>no</p>", "no problem document")]
    [InlineData(404, "application/problem+json", """{"status":404,"code":"OTHER"}""", "OTHER")]
    [InlineData(404, "application/problem+json", """{"status":500,"code":"WANTED"}""", "status in the document")]
    [InlineData(404, "application/problem+json", """{"status":404,"code":"WANTED","detail":"Exception\n   at Gateway.Program"}""", "stack trace")]
    [InlineData(500, "application/problem+json", """{"status":500,"code":"WANTED"}""", "answered 500 WANTED instead of 404")]
    public void Problem_OfAnotherKind_IsToldByWhatIsWrong(int status, string type, string body, string told) =>
        Assert.Contains(told, Expect.Problem(Of(status, body, ("Content-Type", type)), 404, "WANTED"), StringComparison.Ordinal);

    [Fact]
    public void StartupProblem_WithoutTheStage_IsWrong()
    {
        var bare = Of(404, """{"status":404,"code":"C"}""", ("Content-Type", "application/problem+json"));
        Assert.Contains("startupHint", Expect.StartupProblem(bare, 404, "C", "manifest"), StringComparison.Ordinal);
        var hinted = Of(404, """{"status":404,"code":"C","startupHint":{"stage":"manifest","state":"failed","reason":"x"}}""", ("Content-Type", "application/problem+json"));
        Assert.Null(Expect.StartupProblem(hinted, 404, "C", "manifest"));
        Assert.NotNull(Expect.StartupProblem(hinted, 404, "C", "segment"));
    }

    [Theory]
    [InlineData(206, "bytes 1-4/100", "abcd", null)]
    [InlineData(200, "", "abcd", "instead of 206")]
    [InlineData(206, "bytes 0-3/100", "abcd", "without 'bytes 1-4/'")]
    [InlineData(206, "bytes 1-4/100", "abc", "3 bytes came instead of 4")]
    public void Part_ByFieldAndLength_IsJudged(int status, string range, string body, string? wrong)
    {
        var told = Expect.Part(Of(status, body, ("Content-Range", range)), 1, 4);
        if (wrong is null) Assert.Null(told);
        else Assert.Contains(wrong, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Cors_ForOthersOrWithoutFields_IsWrong()
    {
        const string All = "X-Served-From, Cache-Status, Age, CMSD-Static, CMSD-Dynamic, Server-Timing";
        Assert.Null(Expect.Cors(Of(200, "", ("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", All)), Page));
        Assert.Null(Expect.Cors(Of(200, "", ("Access-Control-Allow-Origin", Page), ("Access-Control-Expose-Headers", All)), Page));
        Assert.Contains("neither", Expect.Cors(Of(200, "", ("Access-Control-Allow-Origin", "https://other.example"), ("Access-Control-Expose-Headers", All)), Page), StringComparison.Ordinal);
        Assert.Contains("lacks Age", Expect.Cors(Of(200, "", ("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", All.Replace("Age, ", "", StringComparison.Ordinal))), Page), StringComparison.Ordinal);
    }

    [Fact]
    public void MediaFields_OfAServerInFront_AreMissing()
    {
        var told = Expect.MediaFields(Of(200, "", ("Cache-Status", "edge; hit")))!;
        Assert.Contains("X-Served-From is ''", told, StringComparison.Ordinal);
        Assert.Contains("Cache-Status is 'edge; hit'", told, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options is missing", told, StringComparison.Ordinal);
    }

    private static Answer Of(int status, string body, params (string Name, string Value)[] fields) =>
        new(status, fields.ToFrozenDictionary(static f => f.Name, static f => f.Value, StringComparer.OrdinalIgnoreCase), Encoding.UTF8.GetBytes(body));
}
