using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Gateway.Access.Tickets;

/// <summary>
/// Genuine tickets seen lately, by text: the second segment of a session costs one look-up instead of a MAC, and no allocation.
/// Holds at most two generations; when the young one is full it becomes the old one, and what was in the old one is forgotten. A text in
/// use is carried over when it is recalled. Racing callers may remember a ticket twice or lose one; both only cost a MAC.
/// Only genuine tickets come in, so garbage cannot push them out. Times are not judged here.
/// </summary>
internal sealed class VerifiedTicketCache
{
    /// <summary>About 0.7 KB each, so the two generations together stay below 12 MB.</summary>
    internal const int GenerationSize = 8192;

    private ConcurrentDictionary<string, Ticket> _young = NewGeneration();
    private ConcurrentDictionary<string, Ticket> _old = NewGeneration();
    private int _youngCount;

    public bool TryRecall(ReadOnlySpan<char> text, out Ticket? ticket)
    {
        if (_young.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out ticket)) return true;
        if (!_old.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var key, out ticket)) return false;
        Add(key, ticket);
        return true;
    }

    public void Remember(ReadOnlySpan<char> text, Ticket ticket) => Add(text.ToString(), ticket);

    // ConcurrentDictionary.Count takes every lock, hence the counter.
    private void Add(string text, Ticket ticket)
    {
        if (!_young.TryAdd(text, ticket) || Interlocked.Increment(ref _youngCount) != GenerationSize) return;
        _old = _young;
        _young = NewGeneration();
        Interlocked.Exchange(ref _youngCount, 0);
    }

    private static ConcurrentDictionary<string, Ticket> NewGeneration() => new(new TextComparer());

    /// <summary>
    /// Equal hashes are compared in constant time, so that response times do not spell out a stored ticket character by character. The
    /// hash is the runtime's seeded one: nobody outside can aim at a bucket.
    /// </summary>
    private sealed class TextComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<char>, string>
    {
        public bool Equals(string? x, string? y) => Equals(x.AsSpan(), y!);

        public int GetHashCode(string text) => string.GetHashCode(text, StringComparison.Ordinal);

        public bool Equals(ReadOnlySpan<char> alternate, string other) => FixedTime.AreEqual(MemoryMarshal.AsBytes(alternate), MemoryMarshal.AsBytes(other.AsSpan()));

        public int GetHashCode(ReadOnlySpan<char> alternate) => string.GetHashCode(alternate, StringComparison.Ordinal);

        public string Create(ReadOnlySpan<char> alternate) => alternate.ToString();
    }
}
