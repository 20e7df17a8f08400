using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Gateway.Steering;

namespace Gateway.Tests.Steering;

public sealed class SteeringPlanTests
{
    private static readonly Guid Session = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    private readonly SteeringOptions _options = new() { Self = "a" };

    public SteeringPlanTests()
    {
        foreach (var name in (string[])["a", "b", "c"]) _options.Pathways[name] = $"https://{name}.example:8443/";
    }

    [Fact]
    public void UrlFor_PlayerAtTheOwnName_IsThere()
    {
        var plan = new SteeringPlan(_options);
        Assert.StartsWith("https://a.example:8443/api/v1/playback/steering?format=hls&from=a&viewer=", plan.UrlFor("https://A.example:8443", isDash: false, Session), StringComparison.Ordinal);
        // Behind a balancer that moves requests by itself.
        Assert.Null(plan.UrlFor("https://tv.example", isDash: false, Session));
        Assert.Null(new SteeringPlan(new SteeringOptions()).UrlFor("https://a.example:8443", isDash: false, Session));
    }

    [Fact]
    public void Document_NobodyLeaves_PlayersStay()
    {
        var document = Read(new SteeringPlan(_options).Document(isDash: false, "a", null, 7, _ => false));
        Assert.Equal(1, document.GetProperty("VERSION").GetInt32());
        Assert.Equal(10, document.GetProperty("TTL").GetInt32());
        Assert.Equal(".", Priority(document)[0]);
        Assert.False(document.TryGetProperty("RELOAD-URI", out _));
        var clone = document.GetProperty("PATHWAY-CLONES")[0];
        Assert.Equal(".", clone.GetProperty("BASE-ID").GetString());
        Assert.Equal($"{clone.GetProperty("ID").GetString()}.example", clone.GetProperty("URI-REPLACEMENT").GetProperty("HOST").GetString());
        Assert.Equal(2, document.GetProperty("PATHWAY-CLONES").GetArrayLength());
    }

    [Fact]
    public void Document_ThisGatewayDrains_PlayersGoAndAskElsewhere()
    {
        var plan = new SteeringPlan(_options);
        HashSet<string> first = [];
        for (var viewer = 0; viewer < 50; viewer++)
        {
            var document = Read(plan.Document(isDash: false, "a", null, viewer, name => name == "a"));
            var priority = Priority(document);
            Assert.Equal(".", priority[^1]);
            Assert.StartsWith($"https://{priority[0]}.example:8443{SteeringPlan.Path}?format=hls&from=a&viewer={viewer}", document.GetProperty("RELOAD-URI").GetString(), StringComparison.Ordinal);
            first.Add(priority[0]);
        }

        Assert.Equal(2, first.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Document_WhereAPlayerWasSent_DoesNotSendItBack(bool isDash)
    {
        var sent = Read(new SteeringPlan(_options).Document(isDash, "a", null, 7, name => name == "a"));
        var reload = new Uri(sent.GetProperty("RELOAD-URI").GetString()!);
        var there = Priority(sent)[0];
        Assert.Equal(there + ".example", reload.Host);

        // No peer has told it that the other one drains.
        _options.Self = there;
        var left = reload.Query.Split("left=")[1];
        var document = Read(new SteeringPlan(_options).Document(isDash, "a", left, 7, _ => false));
        Assert.Equal(there, Priority(document)[0]);
        Assert.False(document.TryGetProperty("RELOAD-URI", out _));

        // When it drains itself, the first one may be back.
        Assert.NotEqual(there, Priority(Read(new SteeringPlan(_options).Document(isDash, "a", left, 7, name => name == there)))[0]);
    }

    [Fact]
    public void Document_PlayerCameFromAnotherGateway_KeepsItsNames()
    {
        var document = Read(new SteeringPlan(_options).Document(isDash: false, "c", null, 0, name => name == "c"));
        Assert.Equal(".", Priority(document)[^1]);
        Assert.DoesNotContain("c", Priority(document));
        Assert.Contains("a", Priority(document));
    }

    [Fact]
    public void Document_OfDash_NamesLocations()
    {
        var document = Read(new SteeringPlan(_options).Document(isDash: true, "a", null, 0, name => name == "a"));
        Assert.Equal("a", Priority(document)[^1]);
        Assert.False(document.TryGetProperty("PATHWAY-CLONES", out _));
    }

    [Fact]
    public void Validate_WrongPathways_AreEachTold()
    {
        var options = new SteeringOptions { Self = "x" };
        options.Pathways["a"] = "https://a.example";
        options.Pathways["b!"] = "https://b.example";
        options.Pathways["c"] = "http://c.example/path";
        Assert.Equal(4, options.Validate(new ValidationContext(options)).Count());
        Assert.Empty(_options.Validate(new ValidationContext(_options)));
        _options.Pathways["c"] = "https://c.example:9443";
        Assert.Contains("different ports", Assert.Single(_options.Validate(new ValidationContext(_options))).ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(new SteeringOptions().Validate(new ValidationContext(_options)));
    }

    private static JsonElement Read(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private static string[] Priority(JsonElement document) => [.. document.GetProperty("PATHWAY-PRIORITY").EnumerateArray().Select(p => p.GetString()!)];
}
