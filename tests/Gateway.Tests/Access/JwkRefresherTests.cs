using System.Text;
using Gateway.Access;
using Gateway.Access.Jwt;
using Gateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Access;

public sealed class JwkRefresherTests
{
    private readonly JwtMaker _maker = new();
    private readonly ManualTimeProvider _time = new();
    private readonly AccessOptions _options = new() { Jwks = "test" };
    private Func<Task<byte[]>> _source;
    private int _fetches;

    public JwkRefresherTests() => _source = () => Task.FromResult(Encoding.UTF8.GetBytes(_maker.Jwks));

    [Fact]
    public async Task Secrets_ByUrl_AreRefused()
    {
        using var byUrl = new JwkRefresher(_ => Task.FromResult(Encoding.UTF8.GetBytes(_maker.Jwks)), new AccessOptions { Jwks = "https://id.example/jwks.json" }, _time, NullLogger<JwkRefresher>.Instance);
        Assert.False(await byUrl.RefreshAsync());
        Assert.Equal(0, byUrl.Current.Count);
        using var byFile = new JwkRefresher(_ => Task.FromResult(Encoding.UTF8.GetBytes(_maker.Jwks)), new AccessOptions { Jwks = "/keys/jwks.json" }, _time, NullLogger<JwkRefresher>.Instance);
        Assert.True(await byFile.RefreshAsync());
    }

    [Fact]
    public async Task TryRefetch_RolledOverKey_IsFoundWithoutARestart()
    {
        using var refresher = Feed();
        _source = () => Task.FromResult("""{"keys":[{"kty":"oct","kid":"old","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"""u8.ToArray());
        await refresher.RefreshAsync();
        _source = () => Task.FromResult(Encoding.UTF8.GetBytes(_maker.Jwks));
        _time.Advance(JwkRefresher.MinRefetchInterval);
        var (verdict, _) = await new JwtVerifier(_options, refresher, _time).VerifyAsync(_maker.Es256(new { exp = 9999999999 }), "", TestContext.Current.CancellationToken);
        Assert.Equal(JwtVerdict.Valid, verdict);
    }

    [Fact]
    public async Task TryRefetch_InventedKeyIds_FetchOncePerInterval()
    {
        using var refresher = Feed();
        await refresher.RefreshAsync();
        var verifier = new JwtVerifier(_options, refresher, _time);
        for (var i = 0; i < 100; i++) await verifier.VerifyAsync(_maker.Hs256(new { exp = 9999999999 }, kid: $"k{i}"), $"{i}", TestContext.Current.CancellationToken);
        Assert.Equal(1, _fetches);
        _time.Advance(JwkRefresher.MinRefetchInterval);
        for (var i = 0; i < 100; i++) await verifier.VerifyAsync(_maker.Hs256(new { exp = 9999999999 }, kid: $"k{i}"), $"{i}", TestContext.Current.CancellationToken);
        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task TryRefetch_ClockSetBack_DoesNotWaitUntilItHasCaughtUp()
    {
        using var refresher = Feed();
        await refresher.RefreshAsync();
        _time.SetBack(TimeSpan.FromDays(1));
        _time.Advance(JwkRefresher.MinRefetchInterval);
        await new JwtVerifier(_options, refresher, _time).VerifyAsync(_maker.Hs256(new { exp = 9999999999 }, kid: "new"), "", TestContext.Current.CancellationToken);
        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task Refresh_ManyAtATime_ShareOneFetch()
    {
        using var refresher = Feed();
        var gate = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _source = () => gate.Task;
        var waiting = Enumerable.Range(0, 20).Select(_ => refresher.RefreshAsync()).ToArray();
        gate.SetResult(Encoding.UTF8.GetBytes(_maker.Jwks));
        Assert.All(await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken), Assert.True);
        Assert.Equal(1, _fetches);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"oct","kid":"x","k":"c2hvcnQ"}]}""")]
    [InlineData("<html>504</html>")]
    public async Task Refresh_BadSet_LeavesTheOneBefore(string bad)
    {
        using var refresher = Feed();
        await refresher.RefreshAsync();
        _source = () => Task.FromResult(Encoding.UTF8.GetBytes(bad));
        Assert.False(await refresher.RefreshAsync());
        Assert.Equal(3, refresher.Current.Count);
    }

    [Fact]
    public async Task Refresh_SourceDown_LeavesTheOneBefore()
    {
        using var refresher = Feed();
        await refresher.RefreshAsync();
        _source = () => Task.FromException<byte[]>(new HttpRequestException("down"));
        Assert.False(await refresher.RefreshAsync());
        Assert.Equal(3, refresher.Current.Count);
    }

    [Fact]
    public async Task Refresh_NeverCameYet_IsTriedAgainSoon()
    {
        using var refresher = Feed();
        _source = () => Task.FromException<byte[]>(new HttpRequestException("down"));
        Assert.False(await refresher.RefreshAsync());
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _source = () =>
        {
            came.TrySetResult();
            return Task.FromResult(Encoding.UTF8.GetBytes(_maker.Jwks));
        };
        _time.Advance(TimeSpan.FromSeconds(5));
        await came.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        await refresher.RefreshAsync();
        Assert.Equal(3, refresher.Current.Count);
    }

    [Fact]
    public async Task TryRefetch_CallerLeaves_FetchGoesOn()
    {
        using var refresher = Feed();
        var gate = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _source = () => gate.Task;
        using var leaving = new CancellationTokenSource();
        var leaver = refresher.TryRefetchAsync(leaving.Token).AsTask();
        var stayer = refresher.TryRefetchAsync(TestContext.Current.CancellationToken).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        gate.SetResult(Encoding.UTF8.GetBytes(_maker.Jwks));
        Assert.True(await stayer.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
    }

    private JwkRefresher Feed() => new(
        _ =>
        {
            Interlocked.Increment(ref _fetches);
            return _source();
        },
        _options,
        _time,
        NullLogger<JwkRefresher>.Instance);
}
