using System.Numerics;

namespace Gateway.Hosting;

/// <summary>
/// Counts that every request raises and hardly anybody reads. Each core adds to lines of memory of its own, so that cores do not take one line from each other request by request; a reading adds the stripes up. It misses nothing that was
/// counted before it began, and may or may not see what is counted meanwhile; of a count that falls as well it may see a fall without its rise, so that it is below zero for a moment.
/// </summary>
/// <param name="kinds">How many counts.</param>
internal sealed class StripedCounts(int kinds)
{
    /// <summary>Numbers in two lines of 64 bytes: processors fetch lines in pairs.</summary>
    private const int Line = 16;

    /// <summary>More stripes than that make the reading dear; cores beyond share.</summary>
    private const int MostStripes = 64;

    private static readonly int Mask = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MostStripes)) - 1;

    private readonly int _stride = (kinds + Line - 1) / Line * Line;

    // The first line is left empty: before it lies the array's length, which every core reads.
    private readonly long[] _counts = new long[Line + ((Mask + 1) * ((kinds + Line - 1) / Line * Line))];

    /// <summary>The count of a kind, over all cores.</summary>
    public long this[int kind]
    {
        get
        {
            long sum = 0;
            for (var at = Line + kind; at < _counts.Length; at += _stride) sum += Interlocked.Read(ref _counts[at]);
            return sum;
        }
    }

    /// <summary>Adds to a kind's count. A thread may be moved to another core amid this, hence the interlocked addition, which costs little on a line that no other core has.</summary>
    public void Add(int kind, long count) => Interlocked.Add(ref _counts[Line + ((Thread.GetCurrentProcessorId() & Mask) * _stride) + kind], count);
}
