using Gateway.Caching.Store;

namespace Gateway.Caching.Disk;

/// <summary>A purge of everything below a path: it needs no look at what lies there, for each record carries its path.</summary>
/// <param name="Epoch">What was asked for before it is purged.</param>
/// <param name="Cluster">Null means any.</param>
internal sealed record PurgeRule(long Epoch, string? Cluster, string Prefix)
{
    /// <summary>Characters of a prefix that a page has space for; a longer one is cut, and purges more.</summary>
    private const int MostLetters = 1500;

    public bool Covers(CacheKey key, long askedIn) => askedIn < Epoch && key.IsBelow(Cluster, Prefix);

    public byte[] ToPage()
    {
        var writer = new RecordWriter(StateFile.PageBytes);
        writer.Add(Epoch);
        writer.Add(Prefix.Length <= MostLetters ? Prefix : Prefix[..MostLetters]);
        // A name that does not fit into the page beside the prefix means any cluster.
        writer.Add(Cluster is { Length: <= 400 } ? Cluster : null);
        return writer.ToArray();
    }

    /// <summary>Null when the page holds no rule.</summary>
    public static PurgeRule? OfPage(ReadOnlySpan<byte> page)
    {
        var reader = new RecordReader(page);
        var epoch = reader.Int64();
        if (epoch == 0) return null;
        var prefix = reader.Text();
        return new PurgeRule(epoch, reader.TextOrNull(), prefix);
    }
}
