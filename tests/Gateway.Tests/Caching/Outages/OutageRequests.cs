using Gateway.Caching;
using Gateway.Caching.Outages;
using Gateway.Caching.Policy;
using Gateway.Media;
using Gateway.Origin;

namespace Gateway.Tests.Caching.Outages;

/// <summary>Requests that wait while upstream is away, as the tests here make them.</summary>
internal static class OutageRequests
{
    public static readonly byte[] Body = CacheFixture.Bytes(5000);
    public static readonly OutageOptions Knobs = new() { Patience = TimeSpan.FromSeconds(9) };

    /// <summary>A cache that has something of the title, by which it can tell that upstream is away.</summary>
    public static async Task<CacheFixture> KnownAsync()
    {
        var fixture = new CacheFixture();
        fixture.Upstream.Answers = static call => call.Answer(200, Body);
        await fixture.GetAsync(Segment("/film/init"));
        return fixture;
    }

    public static MediaAddress Address(string path) => new("origin", path, string.Empty);

    public static CacheRequest Segment(string path = "/film/seg1") => new() { Address = Address(path), Rules = StorageRules.Media, AwaitsOrigin = true };

    public static Task UntilHeldAsync(CacheFixture fixture, int requests) => Deadline.Until(() => fixture.Outages.Held == requests);

    public static async Task FailAsync(CacheFixture fixture, int calls)
    {
        for (var i = 0; i < calls; i++) (await fixture.Upstream.NextAsync()).Fail(OriginFailure.Unreachable);
    }
}
