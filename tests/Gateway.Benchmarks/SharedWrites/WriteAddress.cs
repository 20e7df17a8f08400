namespace Gateway.Benchmarks.SharedWrites;

/// <summary>How often, and by whom, an address was written to in the four turns.</summary>
internal sealed class WriteAddress
{
    /// <summary>Writes of a request, from which on an address is one to which all requests come.</summary>
    private const double Often = 0.05;

    /// <summary>A core's part, from which on an address is its own: a thread is moved amid a request now and then.</summary>
    private const double Own = 0.9;

    /// <summary>Part of its most frequent turn, below which an address counts as not written in another: requests that ended late.</summary>
    private const double Late = 0.05;

    private readonly long[] _byTurn = new long[WriteLoad.Turns];
    private readonly long[] _byCore = new long[WriteRecord.Cores];
    private readonly long[] _byThread = new long[WriteRecord.Threads];

    public unsafe long Add(int turn, WriteRecord record)
    {
        long sum = 0;
        for (var i = 0; i < _byCore.Length; i++)
        {
            _byCore[i] += record.ByCore[i];
            sum += record.ByCore[i];
        }

        for (var i = 0; i < _byThread.Length; i++) _byThread[i] += record.ByThread[i];
        _byTurn[turn] += sum;
        return sum;
    }

    /// <summary>The core, or the thread, whose own it is.</summary>
    public int OwnNumber => IsOwnOf(_byCore, Own) ? Array.IndexOf(_byCore, _byCore.Max()) : WriteRecord.Cores + Array.IndexOf(_byThread, _byThread.Max());

    /// <summary>Each half of the connections and each half of the objects had two turns, and no two turns had the same of both.</summary>
    public WriteOwner OwnerIn(int requests)
    {
        var least = Late * _byTurn.Max();
        var turns = 0;
        for (var turn = 0; turn < _byTurn.Length; turn++) turns |= _byTurn[turn] > least ? 1 << turn : 0;
        switch (turns)
        {
            case 0b0001 or 0b0010 or 0b0100 or 0b1000:
                return WriteOwner.Request;
            case 0b0101 or 0b1010:
                return WriteOwner.Connection;
            case 0b0011 or 0b1100:
                return WriteOwner.Object;
            case 0b1111 when _byTurn.Sum() >= Often * requests:
                return IsOwnOf(_byCore, Own) || IsOwnOf(_byThread, 1) ? WriteOwner.Core : WriteOwner.Everybody;
            default:
                return WriteOwner.Spread;
        }
    }

    private static bool IsOwnOf(long[] writes, double part) => writes.Max() >= part * writes.Sum();
}
