using System.Net;
using Gateway.Access.Sources;
using Gateway.FunctionalTests.Common;
using static Gateway.FunctionalTests.Common.ControlPlane;

namespace Gateway.FunctionalTests.Files;

/// <summary>Readers of files who leave in the middle, and very many at once.</summary>
public sealed class LeavingReaderTests
{
    private const int Length = 20_000_000;
    private const int Calls = 1000;

    [Theory]
    [InlineData(0, null)]
    [InlineData(100, null)]
    [InlineData(4_200_000, 9_000_000)]
    public async Task Range_ReaderLeavesInTheMiddle_LeavesTheOriginAndKeepsNoPart(int first, int? last)
    {
        await using var origin = await FileOrigin.StartAsync(("/song/direct.mp4", Length, null));
        await using var fixture = await GatewayWithStub.StartAtAsync(origin.Url, "--Gateway:Cache:LingerTime=00:00:00");
        var url = (await CreateAsync(fixture.Client, new { mediaId = "song" })).GetProperty("directUrl").GetString()!;
        origin.HoldAfter = 128 << 10;
        using (var answer = await fixture.Client.SendAsync(Request(), HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
            await using var body = await answer.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[1]);
            await Patience.UntilAsync(() => Task.FromResult(origin.Held > 0));
        }

        await Patience.UntilAsync(() => Task.FromResult(origin.Held == 0));
        origin.HoldAfter = long.MaxValue;
        using var again = await fixture.Client.SendAsync(Request());
        Assert.Equal(FileOrigin.BytesAt(first, (last + 1 ?? Length) - first), await again.Content.ReadAsByteArrayAsync());

        HttpRequestMessage Request() => new(HttpMethod.Get, url) { Headers = { Range = new(first, last) } };
    }

    [Fact]
    public async Task Source_ThousandCallsAtOnce_GetTheirBytesByTheirKeysAndNobodyElse()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var whole = await fixture.Client.GetByteArrayAsync(new Uri(fixture.StubUrl, "/demo/direct.mp4"));
        var keys = fixture.Part<SourceToken>();
        var wrong = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => Task.Run(async () =>
        {
            // Every tenth has the key of another title.
            var (offset, isRight) = (i * 97 % (whole.Length - 100), i % 10 != 0);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/internal/stream/demo");
            request.Headers.Authorization = new("Bearer", keys.Issue(isRight ? "demo" : $"demo-{i}", TimeSpan.FromHours(1)));
            request.Headers.Range = new(offset, offset + 99);
            using var answer = await fixture.Client.SendAsync(request);
            var body = await answer.Content.ReadAsByteArrayAsync();
            var isGood = isRight
                ? answer.StatusCode == HttpStatusCode.PartialContent && body.AsSpan().SequenceEqual(whole.AsSpan(offset, 100))
                : answer.StatusCode == HttpStatusCode.Forbidden;
            return isGood ? null : $"Call {i}: {answer.StatusCode}, {body.Length} bytes.";
        })));
        Assert.Empty(wrong.OfType<string>());
    }
}
