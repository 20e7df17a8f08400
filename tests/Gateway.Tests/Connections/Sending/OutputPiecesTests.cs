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

    /// <summary>The head of a response, and the body lent behind it: a client may take hours for the body.</summary>
    [Fact]
    public void Block_WithLentBytesBehindItsOwn_GoesBackWithItsOwn()
    {
        Write(1, 10);
        Lend(2, 100);
        Write(3, 20);
        Lend(4, 100);
        _pieces.Close();
        _pieces.Take(129);
        Assert.Equal(Block, _memory.Lent);
        _pieces.Take(1);
        Assert.Equal((0, 1), (_memory.Lent, _leases.Held));
        Assert.Equal(Enumerable.Repeat((byte)4, 100), Assert.Single(_pieces.Waiting.ToArray()).Left.ToArray());
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
    public void Move_OfBlocksThatAreNotFull_KeepsEachByteInFewer()
    {
        for (var i = 0; i < 3; i++) Write((byte)i, Block);
        _pieces.Close();
        _pieces.Take(2 * Block + 3500);
        using var small = new PipeBlockPool(256, idleBlocks: 8, _memory);
        _pieces.Move(small);
        Assert.Equal(Block - 3500, _pieces.Bytes);
        Assert.Equal(3 * 256, _memory.Lent);
        Assert.Equal(Enumerable.Repeat((byte)2, Block - 3500), _pieces.Waiting.ToArray().SelectMany(p => p.Left.ToArray()));
        _pieces.Take(300);
        Assert.Equal(2 * 256, _memory.Lent);
        Write(9, 10);
        _pieces.Close();
        _pieces.Take(Block - 3800);
        Assert.Equal(Enumerable.Repeat((byte)9, 10), Assert.Single(_pieces.Waiting.ToArray()).Left.ToArray());
        _pieces.Take(10);
        Assert.Equal((0, 0), (_memory.Lent, _pieces.Bytes));
    }

    /// <summary>A move that saves little costs a copy for nothing; lent bytes are where they cost nothing.</summary>
    [Theory]
    [InlineData(Block / 2 - 100, false, true)]
    [InlineData(Block - 700, false, false)]
    [InlineData(100, true, false)]
    public void Move_OnlyWhereItSavesAQuarter_IsDone(int left, bool isLentBehind, bool isMoved)
    {
        Write(1, Block);
        if (isLentBehind) Lend(2, 50);
        _pieces.Close();
        _pieces.Take(Block - left);
        using var small = new PipeBlockPool(256, idleBlocks: 8, _memory);
        _pieces.Move(small);
        Assert.Equal(isMoved, _memory.Lent < Block);
        Assert.Equal(left + (isLentBehind ? 50 : 0), _pieces.Bytes);
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
