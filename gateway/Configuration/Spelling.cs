namespace Gateway.Configuration;

/// <summary>How far apart two names are written, to find the one that was meant.</summary>
internal static class Spelling
{
    /// <summary>Levenshtein's distance without regard to case: insertions, deletions and replacements.</summary>
    public static int Distance(string one, string other)
    {
        var (a, b) = (one.ToUpperInvariant(), other.ToUpperInvariant());
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var above = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = above + (a[i - 1] == b[j - 1] ? 0 : 1);
                above = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
