using System.Runtime.InteropServices;

namespace Gateway.Caching;

/// <summary>
/// Who goes first. What is in use never goes: its bytes would stay anyway. Then, in this order and each by the time of last use: 1. fetched ahead and never
/// asked for; 2. what belongs to viewings that have ended; 3. of titles that hold more than their share while others hold something too, until they are within it;
/// 4. everything else.
/// </summary>
internal sealed class EvictionOrder(long titleShare)
{
    private readonly List<Candidate> _candidates = [];
    private readonly Dictionary<string, long> _titles = new(StringComparer.Ordinal);

    /// <summary>Weighs an entry; it becomes a candidate if it may go at all.</summary>
    public void Add(Shelf shelf, CellarEntry entry, TimeSpan usedBefore)
    {
        var bytes = entry.Bytes;
        _titles[entry.Title] = _titles.GetValueOrDefault(entry.Title) + bytes;
        var used = entry.LastUsed;
        if (!entry.Body.IsComplete || entry.Body.InUse || used > usedBefore) return;
        var rank = entry.IsUntouched ? Rank.NeverAsked : entry.IsDemoted ? Rank.Ended : Rank.Ordinary;
        _candidates.Add(new Candidate(shelf, entry, bytes, used, rank, Gone: false));
    }

    /// <summary>Candidates in order, until they come to this many bytes or there are no more.</summary>
    public IEnumerable<(Shelf Shelf, CellarEntry Entry)> Take(long bytes)
    {
        // Stamps were copied when the candidate was weighed: a sort must not see them change.
        _candidates.Sort(static (a, b) => a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : a.LastUsed.CompareTo(b.LastUsed));
        for (var round = 0; round < 2; round++)
        {
            // Candidates with a mark against them stand in front and go in the first round in any case.
            for (var i = 0; i < _candidates.Count; i++)
            {
                if (bytes <= 0) yield break;
                var candidate = _candidates[i];
                if (candidate.Gone) continue;
                if (round == 0 && candidate.Rank == Rank.Ordinary && !IsOverShare(candidate.Entry.Title)) continue;
                _candidates[i] = candidate with { Gone = true };
                _titles[candidate.Entry.Title] -= candidate.Bytes;
                bytes -= candidate.Bytes;
                yield return (candidate.Shelf, candidate.Entry);
            }
        }
    }

    private bool IsOverShare(string title) => _titles.Count > 1 && _titles[title] > titleShare;

    private enum Rank
    {
        NeverAsked,
        Ended,
        Ordinary,
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Candidate(Shelf Shelf, CellarEntry Entry, long Bytes, TimeSpan LastUsed, Rank Rank, bool Gone);
}
