using Gateway.Caching;
using Gateway.Caching.Policy;

namespace Gateway.Tests.Caching.Policy;

public sealed class ReuseTests
{
    [Theory]
    [InlineData("Fresh", "", 10, 50, "max-age=60")]
    [InlineData("Validate", "", 70, -10, "max-age=60")]
    [InlineData("Validate", "", 10, 50, "max-age=60, no-cache")]
    [InlineData("AskedToValidate", "no-cache", 10, 50, "max-age=60")]
    [InlineData("AskedToValidate", "max-age=0", 10, 50, "max-age=60")]
    [InlineData("AskedToValidate", "max-age=5", 10, 50, "max-age=60")]
    [InlineData("Fresh", "max-age=20", 10, 50, "max-age=60")]
    [InlineData("AskedToValidate", "min-fresh=60", 10, 50, "max-age=60")]
    [InlineData("Fresh", "min-fresh=40", 10, 50, "max-age=60")]
    [InlineData("Stale", "max-stale", 70, -10, "max-age=60")]
    [InlineData("Stale", "max-stale=20", 70, -10, "max-age=60")]
    [InlineData("Validate", "max-stale=5", 70, -10, "max-age=60")]
    [InlineData("Validate", "max-stale", 70, -10, "max-age=60, must-revalidate")]
    [InlineData("Stale", "", 70, -10, "max-age=60, stale-while-revalidate=20")]
    [InlineData("Validate", "", 90, -30, "max-age=60, stale-while-revalidate=20")]
    [InlineData("Fresh", "max-age=0", 10, 50, "max-age=60, immutable")]
    [InlineData("AskedToValidate", "max-age=0", 70, -10, "max-age=60, immutable")]
    public void Judge_RequestAndResponseDirectives_DecideTogether(string expected, string asked, int age, int freshFor, string cacheControl)
    {
        var head = Heads.Of(200, ("Cache-Control", cacheControl));
        var freshness = Freshness.Of(head, head, StorageRules.Http, new CacheOptions(), default, default);
        var request = CacheDirectives.OfRequest(asked.Length > 0 ? Heads.Lines(("Cache-Control", asked)) : []);
        var verdict = Reuse.Judge(request, freshness, TimeSpan.FromSeconds(age), TimeSpan.FromSeconds(freshFor));
        Assert.Equal(expected, verdict.ToString());
    }
}
