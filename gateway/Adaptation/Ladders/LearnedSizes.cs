namespace Gateway.Adaptation.Ladders;

/// <summary>Sizes of a title's segments as they went through the cache: what one viewer is sent, all others' rungs are judged by.</summary>
/// <remarks>Any thread may call any member; the lock covers field work only.</remarks>
internal sealed class LearnedSizes(int rungs) : ISegmentSizes
{
    /// <summary>A day of segments of two seconds; of more, the rest is not learnt.</summary>
    private const int MostSegments = 43_200;

    private readonly Lock _lock = new();
    private readonly int[][] _bytes = [.. Enumerable.Range(0, rungs).Select(_ => Array.Empty<int>())];

    /// <inheritdoc/>
    public long BytesOf(int rung, long number)
    {
        lock (_lock) return rung < _bytes.Length && number >= 0 && number < _bytes[rung].Length ? _bytes[rung][number] : 0;
    }

    /// <summary>A segment was sent whole.</summary>
    public void Learn(int rung, long number, long bytes)
    {
        if (number is < 0 or >= MostSegments || bytes is <= 0 or > int.MaxValue || rung < 0 || rung >= _bytes.Length) return;
        lock (_lock)
        {
            if (number >= _bytes[rung].Length) Array.Resize(ref _bytes[rung], (int)Math.Min(MostSegments, (number + 64) * 2));
            _bytes[rung][number] = (int)bytes;
        }
    }
}
