using System.Buffers;
using Gateway.Connections;
using Gateway.Manifests;

namespace Gateway.Tests.Manifests;

/// <summary>What manifests may take of the memory, one by one and all together.</summary>
public sealed class RewritingBudgetTests
{
    private readonly RewritingBudget _budget = new(new ManifestsOptions { MemoryBytes = 16 << 20, MaxRewrittenBytes = 8 << 20 });

    [Fact]
    public void Take_ManyHugeOnes_LeaveRoomForSmallOnes()
    {
        var huge = 0;
        while (_budget.TryTake(1 << 20, 0)) huge++;
        Assert.InRange(huge, 8, 15);
        Assert.False(_budget.TryTake(1 << 20, 0));
        for (var i = 0; i < 8; i++) Assert.True(_budget.TryTake(64 << 10, 0));
        _budget.Give((huge * (1L << 20)) + (8L * (64 << 10)));
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public void Take_OneThatGrows_EndsAtAQuarterOfWhatIsFree()
    {
        var held = 0L;
        while (_budget.TryTake(1 << 16, held)) held += 1 << 16;
        Assert.Equal(4 << 20, held);
        Assert.Equal(held, _budget.Taken);
    }

    [Fact]
    public async Task Admits_FromHalfOn_EverybodyButWhoHoldsAQuarter()
    {
        var (slow, fast) = ((UInt128)1, (UInt128)2);
        var (taken, other) = (new TaskCompletionSource(), new TaskCompletionSource());
        var held = _budget.HoldAsync(new ValueTask(taken.Task), slow, 4 << 20).AsTask();
        var small = _budget.HoldAsync(new ValueTask(other.Task), fast, 1 << 20).AsTask();
        _budget.TryTake(4 << 20, 0);
        Assert.True(_budget.Admits(slow));

        while (_budget.Taken < 8 << 20) Assert.True(_budget.TryTake(1 << 20, 0));
        Assert.False(_budget.Admits(slow));
        Assert.True(_budget.Admits(fast));
        Assert.True(_budget.Admits(0));

        taken.SetResult();
        await held;
        Assert.True(_budget.Admits(slow));
        other.SetException(new OperationCanceledException());
        await Assert.ThrowsAsync<OperationCanceledException>(() => small);
    }

    [Fact]
    public void Excess_FromThreeQuartersOn_IsWhatConnectionsHaveToGiveBack()
    {
        var connections = new ConnectionMemory(1 << 30);
        var budget = new RewritingBudget(new ManifestsOptions { MemoryBytes = 16 << 20 }, connections);
        while (budget.Taken < 12 << 20)
        {
            Assert.Equal(0, connections.Excess);
            Assert.True(budget.TryTake(1 << 20, 0));
        }

        Assert.Equal(4 << 20, connections.Excess);
        budget.Give(1 << 20);
        Assert.Equal(0, connections.Excess);
    }

    [Theory]
    [InlineData(0, 1 << 20)]
    [InlineData(1000, (1 << 20) + 32_000)]
    [InlineData(1 << 20, 8 << 20)]
    public void LongestOf_Manifest_IsAMultipleWithinTheAbsolute(long bytes, long longest) => Assert.Equal(longest, _budget.LongestOf(bytes));

    [Fact]
    public void Buffer_WithinItsBounds_GivesEverythingBack()
    {
        using (var buffer = new PooledBuffer(10, _budget, 2 << 20))
        {
            Span<byte> text = stackalloc byte[1000];
            for (var i = 0; i < 1000; i++)
            {
                text.Fill((byte)i);
                buffer.Write(text);
            }

            Assert.Equal(1_000_000, buffer.Written.Length);
            Assert.InRange(_budget.Taken, 1_000_000, 2_100_000);
            for (var i = 0; i < 1000; i++) Assert.Equal((byte)i, buffer.Written.Span[(i * 1000) + 999]);
        }

        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public void Buffer_LentToAConnection_IsHeldUntilTheLeaseEnds()
    {
        var buffer = new PooledBuffer(1000, _budget);
        buffer.Write("#EXTM3U"u8);
        var lease = buffer.Lend();
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal("#EXTM3U"u8, buffer.Written.Span);
        Assert.Equal(1024, _budget.Taken);
        lease.Release();
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public void Buffer_WhoseLeaseEndsFirst_IsHeldByItsOwner()
    {
        using (var buffer = new PooledBuffer(1000, _budget))
        {
            buffer.Write("#EXTM3U"u8);
            buffer.Lend().Release();
            Assert.Equal("#EXTM3U"u8, buffer.Written.Span);
            Assert.Equal(1024, _budget.Taken);
        }

        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public void Buffer_BeyondItsLimit_RefusesTheManifest()
    {
        using (var buffer = new PooledBuffer(10, _budget, 100_000)) Assert.Equal(nameof(ManifestOutcome.TooLarge), RefusalOf(buffer));
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public void Buffer_BeyondWhatIsFree_RefusesTheManifestForNow()
    {
        using (var buffer = new PooledBuffer(10, _budget)) Assert.Equal(nameof(ManifestOutcome.Overloaded), RefusalOf(buffer));
        Assert.Equal(0, _budget.Taken);
        Assert.Equal(ManifestOutcome.Overloaded, Assert.Throws<ManifestRefusedException>(() => new PooledBuffer(5 << 20, _budget)).Outcome);
        Assert.Equal(0, _budget.Taken);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public void SharedBody_CompressedForManyClients_IsCompressedOnce(string coding)
    {
        var body = new SharedBody(new byte[100_000]);
        var first = body.In(coding, _budget);
        Assert.True(first.Equals(body.In(coding, _budget)));
        Assert.InRange(first.Length, 1, 1000);
        Assert.Equal(first.Length, body.CodedBytes);
        Assert.Equal(0, _budget.Taken);
    }

    private static string RefusalOf(PooledBuffer buffer)
    {
        var refused = Assert.Throws<ManifestRefusedException>(() =>
        {
            for (var i = 0; i < 10_000; i++) buffer.Write(new byte[10_000]);
        });
        return refused.Outcome.ToString();
    }
}
