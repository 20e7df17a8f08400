using System.Buffers;
using Gateway.Connections;
using Gateway.Connections.Sending;

namespace Gateway.Tests.Connections.Sending;

public sealed class OutputPiecesTests : IDisposable
{
    private const int Block = 4096;

    private readonly ConnectionMemory _memory = new(1 << 20);
    private readonly CountedLeases _leases = new();
    private readonly PipeBlockPool _pool;
    private readonly OutputPieces _pieces;

    public OutputPiecesTests()
    {
        _pool = new PipeBlockPool(Block, idleBlocks: 8, _memory);
        _pieces = new OutputPieces(_pool);
    }

    [Fact]
    public void Order_WrittenAndLentInTurn_IsKept()
    {
        Write(1, 10);
        Lend(2, 100);
        Write(3, 20);
        Lend(4, 50);
        Lend(5, 60);
        _pieces.Close();
        Assert.Equal(240, _pieces.Bytes);
        Assert.Equal(
            [.. Enumerable.Repeat((byte)1, 10), .. Enumerable.Repeat((byte)2, 100), .. Enumerable.Repeat((byte)3, 20), .. Enumerable.Repeat((byte)4, 50), .. Enumerable.Repeat((byte)5, 60)],
            _pieces.Waiting.ToArray().SelectMany(p => p.Left.ToArray()));
    }

    [Fact]
    public void Address_OfEachPiece_IsThatOfItsBytes()
    {
        Write(1, 10);
        Lend(2, 100);
        _pieces.Close();
        _pieces.Take(5);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        foreach (ref readonly var piece in _pieces.Waiting)
        {
            unsafe
            {
                Assert.True(new ReadOnlySpan<byte>(piece.Address, piece.Left.Length).SequenceEqual(piece.Left.Span));
            }
        }
    }

    [Fact]
    public void Take_UpToTheLastButOneByte_HoldsTheLease()
    {
        Lend(1, 100);
        _pieces.Close();
        _pieces.Take(99);
        Assert.Equal(1, _leases.Held);
        _pieces.Take(1);
        Assert.Equal((0, 0), (_leases.Held, _leases.ReleasedTwice));
        Assert.True(_pieces.IsEmpty);
        _pieces.Clear();
        Assert.Equal(0, _leases.ReleasedTwice);
    }

    [Fact]
    public void Take_OverSeveralPieces_ReleasesThoseThatAreWholeAndCountsBothKinds()
    {
        Write(1, 10);
        Lend(2, 100);
        Lend(3, 100);
        _pieces.Close();
        _pieces.Take(160);
        Assert.Equal(1, _leases.Held);
        Assert.Equal((150, 10), _pieces.TakeCounts());
        Assert.Equal(50, Assert.Single(_pieces.Waiting.ToArray()).Left.Length);
    }

    [Fact]
    public void Clear_WithPiecesPartlyTaken_ReleasesEachOnce()
    {
        for (var i = 0; i < 100; i++)
        {
            Write(1, 10);
            Lend(2, 100);
        }

        _pieces.Close();
        _pieces.Take(555);
        _pieces.Clear();
        _pieces.Clear();
        Assert.Equal((0, 100, 0), (_leases.Held, _leases.Taken, _leases.ReleasedTwice));
        Assert.Equal(0, _memory.Lent);
        Assert.Equal(0, _pieces.Bytes);
    }

    /// <summary>The head of a response, the body lent behind it, and nothing more: the block must last until the head is out.</summary>
    [Fact]
    public void Block_WithLentBytesBehindItsOwn_IsHeldUntilThoseAreTaken()
    {
        Write(1, 10);
        Lend(2, 100);
        _pieces.Close();
        Assert.Equal(Block, _memory.Lent);
        _pieces.Take(10);
        Assert.Equal(Block, _memory.Lent);
        _pieces.Take(100);
        Assert.Equal(0, _memory.Lent);
    }

    [Fact]
    public void Block_AskedForButNotWritten_GoesBack()
    {
        _pieces.Space(0);
        _pieces.Close();
        Assert.True(_pieces.IsEmpty);
        Assert.Equal(0, _memory.Lent);
    }

    [Fact]
    public void Space_OfMoreThanABlock_IsGivenWhole()
    {
        Write(1, 10);
        Assert.True(_pieces.Space(3 * Block).Length >= 3 * Block);
        _pieces.Wrote(3 * Block);
        _pieces.Close();
        Assert.Equal(10 + 3 * Block, _pieces.Bytes);
        _pieces.Clear();
        Assert.Equal(0, _memory.Lent);
    }

    [Fact]
    public void Wrote_MoreThanThereWas_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _pieces.Wrote(1));
        var space = _pieces.Space(1).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => _pieces.Wrote(space + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _pieces.Wrote(-1));
    }

    public void Dispose()
    {
        _pieces.Clear();
        _pool.Dispose();
    }

    private void Write(byte value, int bytes)
    {
        _pieces.Space(bytes).Span[..bytes].Fill(value);
        _pieces.Wrote(bytes);
    }

    private void Lend(byte value, int bytes) => _pieces.Lend(Enumerable.Repeat(value, bytes).ToArray(), _leases.Take());
}
