using Gateway.Testing;

namespace Gateway.Tests.Caching.Store;

/// <summary>The budget counts the bytes that the process holds, heads and names included.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class EntryCostTests
{
    private const int Objects = 4000;

    [Theory]
    [InlineData(2, 10)]
    [InlineData(12, 20)]
    [InlineData(12, 400)]
    public async Task Entries_OfSmallObjects_CostTheCountedBytes(int fields, int letters)
    {
        long counted = 0;
        var held = await HeapGrowth.MedianAsync(async () =>
        {
            await using var fixture = new CacheFixture(limit: 1L << 30);
            fixture.Upstream.Answers = call => call.Answer(
                200, [1, 2, 3], [("Cache-Control", "max-age=3600"), .. Enumerable.Range(0, fields).Select(i => ($"X-Field-{i}-{call.Request.Address.Path[^4..]}", new string('x', letters)))]);
            await FillAsync(fixture, 0, 500);
            var before = HeapGrowth.Living;
            counted = fixture.Parts.Budget.Used;
            await FillAsync(fixture, 500, Objects);
            counted = fixture.Parts.Budget.Used - counted;
            return HeapGrowth.Living - before;
        });
        Assert.True(counted >= 0.9 * held && counted <= 1.6 * held, $"{counted / Objects} bytes counted, {held / Objects} held for each object");
    }

    private static async Task FillAsync(CacheFixture fixture, int from, int count)
    {
        for (var i = from; i < from + count; i++) await fixture.GetAsync(CacheFixture.Request($"/titles/some/rendition/segment{i:D6}"));
        await fixture.FetchesEndedAsync();
    }
}
