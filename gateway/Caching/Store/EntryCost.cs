using Gateway.Origin;

namespace Gateway.Caching.Store;

/// <summary>Cost of an entry in the budget beside its blocks and its derived form: a head of a dozen fields takes more than the objects that carry it.</summary>
internal static class EntryCost
{
    /// <summary>Strings that <see cref="CacheEntry.Overhead"/> covers.</summary>
    private const int Covered = 384;

    /// <summary>Unit to which the cost is rounded up: an estimate need not be finer, and similar objects cost the same.</summary>
    private const int Step = 512;

    private const int FieldLine = 16;

    public static int Of(CacheKey key, ResponseHead head, string finalUrl)
    {
        // The path counts twice: the title is a substring copied from it.
        var strings = (2 * Of(key.Address.Path)) + Of(key.Address.Query) + Of(key.Partition) + Of(finalUrl);
        foreach (ref readonly var field in head.Fields) strings += FieldLine + Of(field.Name) + Of(field.Value);
        var beyond = Math.Max(0, strings - Covered);
        return CacheEntry.Overhead + ((beyond + Step - 1) / Step * Step);
    }

    /// <summary>A string on the heap: a header, two bytes a character, a terminator, in steps of eight.</summary>
    private static int Of(string text) => text.Length == 0 ? 0 : (22 + (2 * text.Length) + 7) & ~7;
}
