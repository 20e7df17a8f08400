using System.Globalization;

namespace Gateway.Testing;

/// <summary>
/// Judges every version of a live media playlist in the order in which one reader got them, by RFC 8216 §6.2.1 and what the gateway promises beyond it: nothing that was listed changes or goes, the
/// target duration holds and never changes, an EVENT list grows at its end alone, and after its end nothing comes.
/// </summary>
public sealed class LivePlaylistJudge
{
    private readonly List<string> _entries = [];
    private string? _target;
    private long _sequence;
    private bool _isEvent;

    /// <summary>Versions judged so far.</summary>
    public int Versions { get; private set; }

    /// <summary>Whether the list has its end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Entries in the latest version, with the tags that are in force for each.</summary>
    public IReadOnlyList<string> Entries => _entries;

    public int Gaps => _entries.Count(e => e.Contains("#EXT-X-GAP", StringComparison.Ordinal));

    /// <summary>Takes the next version; a delta update stands for the list that it updates.</summary>
    public void Take(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var lines = text.TrimEnd('\n').Split('\n');
        Assert.Equal("#EXTM3U", lines[0]);
        Assert.Equal(lines.Length, lines.Count(l => l.Length > 0));
        var target = Assert.Single(lines, l => l.StartsWith("#EXT-X-TARGETDURATION:", StringComparison.Ordinal));
        Assert.Equal(_target ?? target, target);
        _target = target;
        var isEvent = lines.Contains("#EXT-X-PLAYLIST-TYPE:EVENT");
        Assert.True(Versions == 0 || isEvent == _isEvent, "The type of the list has changed.");
        _isEvent = isEvent;
        var sequence = long.Parse(lines.Single(l => l.StartsWith("#EXT-X-MEDIA-SEQUENCE:", StringComparison.Ordinal))["#EXT-X-MEDIA-SEQUENCE:".Length..], CultureInfo.InvariantCulture);
        Assert.True(Versions == 0 || (isEvent ? sequence == _sequence : sequence >= _sequence), "The media sequence went back, or moved in an EVENT list.");
        var entries = EntriesOf(lines, int.Parse(target["#EXT-X-TARGETDURATION:".Length..], CultureInfo.InvariantCulture));
        var gone = Versions == 0 ? 0 : (int)(sequence - _sequence);
        Assert.True(gone <= _entries.Count, "Entries were skipped.");
        Assert.True(entries.Count >= _entries.Count - gone, $"The list became shorter: {entries.Count} after {_entries.Count}.");
        for (var i = gone; i < _entries.Count; i++) Assert.Equal(Bare(_entries[i], i == gone), Bare(entries[i - gone], i == gone));
        var hasEnded = lines.Contains("#EXT-X-ENDLIST");
        if (HasEnded) Assert.True(hasEnded && entries.Count == _entries.Count, "The list went on after its end.");
        Assert.True(lines.Count(l => l == "#EXT-X-ENDLIST") <= 1 && (!hasEnded || lines[^1] == "#EXT-X-ENDLIST"), "The end stands once, and last.");
        _sequence = sequence;
        HasEnded = hasEnded;
        _entries.Clear();
        _entries.AddRange(entries);
        Versions++;
    }

    /// <summary>The first entry of a list tells the time of day, and no discontinuity: it may have had others before it.</summary>
    private static string Bare(string entry, bool isFirst) => isFirst ? string.Join('\n', entry.Split('\n').Where(l => !l.StartsWith("#EXT-X-PROGRAM", StringComparison.Ordinal) && l != "#EXT-X-DISCONTINUITY")) : entry;

    private List<string> EntriesOf(string[] lines, int target)
    {
        var entries = new List<string>();
        var tags = new List<string>();
        var map = "";
        foreach (var line in lines)
        {
            if (line.StartsWith("#EXT-X-SKIP:SKIPPED-SEGMENTS=", StringComparison.Ordinal))
            {
                var skipped = int.Parse(line["#EXT-X-SKIP:SKIPPED-SEGMENTS=".Length..], CultureInfo.InvariantCulture);
                Assert.InRange(skipped, 1, _entries.Count);
                entries.AddRange(_entries.Take(skipped));
                map = entries[^1].Split('\n')[0];
            }
            else if (line.StartsWith("#EXT-X-MAP:", StringComparison.Ordinal))
            {
                map = line;
            }
            else if (line.StartsWith("#EXTINF:", StringComparison.Ordinal))
            {
                var seconds = double.Parse(line["#EXTINF:".Length..].TrimEnd(','), CultureInfo.InvariantCulture);
                Assert.InRange(Math.Round(seconds, MidpointRounding.AwayFromZero), 0, target);
                tags.Add(line);
            }
            else if (line is "#EXT-X-GAP" or "#EXT-X-DISCONTINUITY" || line.StartsWith("#EXT-X-PROGRAM-DATE-TIME:", StringComparison.Ordinal))
            {
                tags.Add(line);
            }
            else if (!line.StartsWith('#'))
            {
                Assert.Contains(tags, t => t.StartsWith("#EXTINF:", StringComparison.Ordinal));
                Assert.True(map.Length > 0 || tags.Contains("#EXT-X-GAP"), "A segment has no map.");
                entries.Add($"{map}\n{string.Join('\n', tags)}\n{line}");
                tags.Clear();
            }
        }

        Assert.Empty(tags);
        return entries;
    }
}
